"""A file is a screen or two: longer ones are split by noun."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST = 350
GENERATED = {"migrations", "dist", "__pycache__"}


def test_no_file_is_longer_than_a_few_screens() -> None:
    files = [
        *(ROOT / "mih").rglob("*.py"),
        *(ROOT / "static/src").rglob("*.ts"),
        *(ROOT / "static/src").rglob("*.css"),
    ]
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in files
        if not GENERATED & set(path.parts)
    }
    assert {name: length for name, length in lines.items() if length > LONGEST} == {}
