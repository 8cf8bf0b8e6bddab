"""The files of a stack: texts, files from beside the program, values that are written out.

In: records of `configFiles` and `dataFiles`, and what the disk said of sources. Out:
`ConfigFile`s whose texts name packages by module. Raises ProgramError where a value does not
fit.
"""

from typing import cast

from ...ir.names import AccountName, FileMode, FilePath
from ...ir.schema.stack import CONFIG_FILE, DATA_FILE
from ...ir.stack import ConfigFile, Install
from ...ir.text import Text
from ...ir.value import RecordValue
from .config_sources import Contents, source_files
from .read import Fields, checked, misfit
from .serialise import FORMATS, DataFormat, serialise

__all__ = ["config_files", "data_file"]


def config_files(record: RecordValue, contents: Contents) -> list[ConfigFile]:
    """Return the file of a text, or all files of a source."""
    fields = Fields(record, CONFIG_FILE)
    path = fields.name("path", FilePath)
    if fields.find("source") is None:
        return [_file(fields, path, fields.symbolic("content"), "content")]
    if fields.find("content") is not None:
        message, hint = "a config file has 'content' or 'source'", "keep one of them"
        raise misfit(message, fields.span_of("source"), hint=hint)
    return [
        _file(
            fields,
            checked(f"{path}/{file.path}".rstrip("/"), FilePath, fields.span_of("source")),
            file.text,
            "source",
            0o755 if file.executable else 0o644,
        )
        for file in source_files(fields, contents)
    ]


def data_file(record: RecordValue) -> ConfigFile:
    """Return a file whose text is a value of the program, serialised."""
    fields = Fields(record, DATA_FILE)
    data = fields.find("data")
    if data is None:
        raise misfit("data file lacks 'data'", record.span)
    data_format = cast(DataFormat, fields.choice("format", FORMATS))
    return _file(fields, fields.name("path", FilePath), serialise(data, data_format), "data")


def _file(
    fields: Fields, path: FilePath, text: Text, origin: str, usual_mode: int = 0o644
) -> ConfigFile:
    """Make one file, whose text the member `origin` gave."""
    mode = fields.maybe_name("mode", FileMode)
    return ConfigFile(
        path=path,
        text=text,
        mode=usual_mode if mode is None else int(mode, 8),
        owner=fields.maybe_name("owner", AccountName),
        group=fields.maybe_name("group", AccountName),
        install=cast(Install, fields.choice("install", ("link", "copy"))),
        span=fields.span_of("path"),
        text_span=fields.span_of(origin),
    )
