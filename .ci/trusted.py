"""Write src/kimeval/run/trusted.toml: which notebooks run without a person's word.

Run it after reading what a changed notebook does with the data.
"""

from pathlib import Path

from kimeval.run.trust import LIST, content_hash

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
HEAD = """\
# SHA-256 of the content of each notebook: kind, tags, source and attachments of its cells.
# Written by .ci/trusted.py (make trust); `kimeval run` refuses any other notebook.

[notebooks]
"""


def trusted() -> str:
    """Text of the list, by the notebooks' names."""
    found = {path.stem: content_hash(path) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
    return HEAD + "".join(f'{name} = "{digest}"\n' for name, digest in found.items())


def main() -> None:
    """Write the list."""
    LIST.write_text(trusted(), encoding="utf-8", newline="\n")
    print("src/kimeval/run/trusted.toml")


if __name__ == "__main__":
    main()
