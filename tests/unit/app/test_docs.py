# SPDX-License-Identifier: Apache-2.0
"""Pages that people read name what is there: verbs, settings, metrics, files."""
import os
import pathlib
import re
import sys

root = pathlib.Path(os.environ["TSM_SOURCE_ROOT"])
sys.path.insert(0, str(root / "tests" / "oracle"))
from tap import Tap  # noqa: E402

tap = Tap()


def text(path):
    return (root / path).read_text(encoding="utf-8")


def table(path, name):
    """Rows of a C table: its braces hold one or two words first."""
    body = re.search(re.escape(name) + r"\[\] = \{(.*?)\n\};", text(path), flags=re.S).group(1)
    return re.findall(r'\{\s*"([a-z]+)",\s*(?:"([a-z]+)"|NULL)?', body)


def verbs_of_tsm():
    rows = table("src/app/tsm.c", "server_commands") + table("src/app/tsm_gp.c", "tsm_gp_commands")
    return rows + table("src/app/tsm_cap.c", "tsm_cap_commands") + table("src/app/tsm.c", "ota_commands") + \
        table("src/app/tsm_keyblock.c", "tsm_keyblock_commands") + \
        table("src/app/perso/perso.c", "tsm_perso_commands") + card_verbs()


def card_verbs():
    """`tsm card` finds its verb among its operands: one row a verb."""
    return [("card", verb) for verb in re.findall(r'^    \{"([a-z-]+)",', text("src/app/card/verb/table.c"), flags=re.M)]


def tsm_verbs_are_in_page_and_completion():
    page, completion = text("docs/man/tsm.1"), text("packaging/completion/tsm.bash")
    assert len(verbs_of_tsm()) > 10
    for group, verb in verbs_of_tsm():
        lines = [line.split() for line in page.splitlines() if line.startswith(".Cm %s" % group)]
        assert any(not verb or verb in words for words in lines), (group, verb)
        assert '"%s ' % group in completion and (not verb or verb in completion), (group, verb)


def settings_are_in_the_page():
    page = text("docs/man/tsmd.8")
    names = re.findall(r"^    X\((\w+),", text("src/app/tsmd/config.h"), flags=re.M)
    described = re.findall(r"\w+", " ".join(re.findall(r"^\.It Cm (.*)", page.split(".Sh SETTINGS")[1], flags=re.M)))
    assert len(names) > 10 and sorted(names) == sorted(described), sorted(set(names) ^ set(described))


def laboratory_verbs_are_in_the_page():
    page, rows = text("docs/man/tsm-lab.1"), re.findall(r'\{"([a-z]+)", "', text("lab/main.c"))
    assert rows and rows == [r for r in rows if "\n.Ss %s\n" % r in page], rows


def metrics_are_on_the_page():
    told = set(re.findall(r"# TYPE (tsm_[a-z_]+)", text("src/app/tsmd/serve/operations.c")))
    page = {m.removesuffix("_total") for m in re.findall(r"^\| `(tsm_[a-z_]+)", text("docs/operations.md"), flags=re.M)}
    assert told and told == page, told ^ page


def files_that_are_named_exist():
    pages = [root / "README.md", root / "CHANGELOG.md", *sorted((root / "docs").rglob("*.md"))]
    for page in pages:
        content = page.read_text(encoding="utf-8")
        links = [page.parent / link for link in re.findall(r"\]\(([^)#:]+)\)", content)]
        named = [root / n for n in re.findall(r"`((?:src|lab|tools|packaging|api|docs|tests|sql)/[\w./-]+)`", content)]
        for target in links + named:
            assert target.exists(), "%s names %s" % (page.name, target)


def statements_name_tests_that_are_there():
    """docs/tr-03165.md: behind a path in the last column stand words of the test; in C they are a name of its functions."""
    cited = 0
    for row in re.findall(r"^\| .*\| ([^|]*) \|$", text("docs/tr-03165.md"), flags=re.M):
        for path, words in re.findall(r"`([\w./-]+)`((?: \"[^\"]+\",?)*)", row):
            if not words:
                continue
            lines = re.sub(r"\"\s*\n\s*f?\"", "", text(path))  # a text of two lines is one
            for cite in re.findall(r"\"([^\"]+)\"", words):
                assert (cite.replace(" ", "_") if path.endswith(".c") else cite) in lines, (path, cite)
                cited += 1
    assert cited > 80, cited


def verbs_of_dev_have_their_files():
    line = re.search(r"^([a-z| ]+)\)\n    verb=", text("dev"), flags=re.M).group(1)
    for verb in line.split("|"):
        assert (root / "tools" / "dev" / (verb.strip() + ".sh")).exists(), verb
        assert re.search(r"^#H .*\b%s\b" % verb.strip(), text("tools/dev/common.sh"), flags=re.M), verb


for case in (tsm_verbs_are_in_page_and_completion, settings_are_in_the_page, laboratory_verbs_are_in_the_page,
             metrics_are_on_the_page, files_that_are_named_exist, statements_name_tests_that_are_there,
             verbs_of_dev_have_their_files):
    tap.run("docs: " + case.__name__.replace("_", " "), case)
tap.done()
