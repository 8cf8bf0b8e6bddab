"""Secrets: all that are missing at once, placeholders in dry runs, values in one file only."""

from dataclasses import replace
from pathlib import Path

import pytest
from stacks_on_disk import SPAN, bundle, caller, link, read, target, tree, wish

from punix.ir.bundle import SecretFile
from punix.ir.diagnostics import ProgramError
from punix.ir.text import Secret
from punix.runtime.deploy.staging.secrets import LocalSecrets, MissingSecret, Placeholders
from punix.runtime.deploy.transaction.verify import verify
from punix.runtime.service.deploy import deploy
from punix.runtime.service.switch import rollback

VALUE = "s3cret-canary"
STACK = bundle({"/etc/a": link("a")}, secrets={"web.env": "DB"})
FOLDER = "srv/deploys/HelloStack"


def test_values_are_in_their_file_alone(tmp_path: Path) -> None:
    here = target(tmp_path)
    done = deploy(here, wish(STACK, {"DB": VALUE}), caller())
    found = [path for path, fact in tree(tmp_path).items() if VALUE in fact]
    assert found == [f"{FOLDER}/gen-001/secrets/web.env"]
    assert read(tmp_path, f"{FOLDER}/gen-001/secrets/web.env") == f"V={VALUE}\n"
    (secret,) = done.live.secrets
    assert secret.references == ("from_env:DB",)


def test_the_same_value_reuses_the_tree_and_another_does_not(tmp_path: Path) -> None:
    here = target(tmp_path)
    trees = [
        deploy(here, wish(STACK, {"DB": value}), caller()).live.tree for value in ("1", "1", "2")
    ]
    assert trees == ["gen-001", "gen-001", "gen-003"]
    assert rollback(here, None, caller()).live.tree == "gen-001"


def test_all_that_is_missing_is_named(tmp_path: Path) -> None:
    secrets = [
        Secret("from_env", "UNSET"),
        Secret("from_file", str(tmp_path / "nothing")),
        Secret("from_vault", "db/password"),
    ]
    files = tuple(
        SecretFile(name, (secret,), SPAN, (SPAN,))
        for name, secret in zip("abc", secrets, strict=True)
    )
    with pytest.raises(ProgramError) as caught:
        deploy(target(tmp_path / "root"), wish(replace(STACK, secret_files=files)), caller())
    messages = [found.message for found in caught.value.diagnostics]
    assert messages == [
        "secret: 'db/password' lies in a vault, of which there is no export",
        "secret: environment variable 'UNSET' is not set",
        f"secret: file '{tmp_path}/nothing' cannot be read: No such file or directory",
    ]
    assert all(found.code == "E11" and found.span == SPAN for found in caught.value.diagnostics)
    assert not (tmp_path / "root").exists()


def test_a_dry_run_asks_and_does_not_tell(tmp_path: Path) -> None:
    dry = wish(STACK)
    dry = replace(dry, secrets=Placeholders(LocalSecrets({"DB": VALUE})))
    deploy(target(tmp_path), dry, caller())
    assert VALUE not in str(tree(tmp_path))
    with pytest.raises(ProgramError, match="E11"):
        deploy(target(tmp_path), replace(dry, secrets=Placeholders(LocalSecrets({}))), caller())


def test_a_secret_file_loses_one_line_end(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("two\nlines\n\n")
    source = LocalSecrets({})
    assert source.read(Secret("from_file", str(tmp_path / "secret"))) == "two\nlines\n"


@pytest.mark.parametrize("key", [b"", b"short"])
def test_a_damaged_key_is_named(tmp_path: Path, key: bytes) -> None:
    here = target(tmp_path)
    deploy(here, wish(STACK, {"DB": VALUE}), caller())
    (tmp_path / FOLDER / "key").write_bytes(key)
    with pytest.raises(ProgramError, match=r"E27.*/key' is damaged: it holds"):
        verify(here, caller())


def test_a_vault_is_read_from_its_export(tmp_path: Path) -> None:
    (tmp_path / "vault/db").mkdir(parents=True)
    (tmp_path / "vault/db/password").write_text("s3cret\n")
    (tmp_path / "outside").write_text("no")
    source = LocalSecrets({}, tmp_path / "vault")
    assert source.read(Secret("from_vault", "db/password")) == "s3cret"
    for name in ("../outside", "/etc/passwd", "db//password", "./db/password", ""):
        with pytest.raises(MissingSecret, match=r"is no path in a vault|names no secret"):
            source.read(Secret("from_vault", name))
    with pytest.raises(MissingSecret, match=r"vault/db/other' cannot be read: No such file"):
        source.read(Secret("from_vault", "db/other"))
