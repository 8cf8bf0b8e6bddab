"""`punix compile`: show, store or resume any stage.

In: a program or a stored IR. Out: the stage that was asked for, on stdout. What
resumes from a stored stage gives the same bytes as what ran in one go.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from ..ir.codec import dumps, envelope
from ..ir.diagnostics import Code, Diagnostic, ProgramError
from ..ir.manifest import Manifest
from ..ir.names import ModuleName
from ..ir.node import Node
from ..ir.stages import load_any, stage_of
from ..ir.verify import checked
from . import options
from .pipeline import STAGES, Settings, advance, parse

__all__ = ["compile_"]
