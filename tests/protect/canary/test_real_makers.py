"""Files as the makers of reports write them, not only as a test does."""

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from PIL import Image

from kimeval.core.errors import ProtectionError
from kimeval.protect.canary import needles_of, require_clean

NEEDLES = {
    "2023/00237": {"identifiers": ["2023/00237"]},
    "0937b0701a78b0d54ca5": {"pseudonyms": ["0937b0701a78b0d54ca5"]},
    "Şahin": {"names": [("Şahin", "Çağla")]},
    "Hat am Montag beim Jugendamt geweint": {"texts": ["Hat am Montag beim Jugendamt geweint"]},
}
FORMS = [
    ("a.pdf", {"pdf.fonttype": 3}),
    ("a.pdf", {"pdf.fonttype": 42}),
    ("a.svg", {"svg.fonttype": "path"}),
    ("a.svg", {"svg.fonttype": "none"}),
    ("a.svgz", {}),
]


def draw(path, text, settings=None, **metadata):
    with mpl.rc_context(settings or {}):
        figure = Figure()
        figure.text(0.1, 0.5, text)
        figure.savefig(path, metadata=metadata or None)


@pytest.mark.parametrize("text", NEEDLES)
@pytest.mark.parametrize(("name", "settings"), FORMS)
def test_a_text_in_a_drawing_is_found(name, settings, text, tmp_path):
    draw(tmp_path / name, text, settings)
    with pytest.raises(ProtectionError, match=f"'{name}' holds"):
        require_clean(tmp_path, needles_of(**NEEDLES[text]))


@pytest.mark.parametrize("name", ["a.pdf", "a.png", "a.svg"])
def test_the_title_of_a_drawing_is_found(name, tmp_path):
    draw(tmp_path / name, "nichts", Title="Anfrage von Müller")
    with pytest.raises(ProtectionError, match="a name"):
        require_clean(tmp_path, needles_of(names=[("Müller", "Aïcha")]))


@pytest.mark.parametrize("name", ["a.jpg", "a.webp", "a.tiff"])
def test_the_description_of_a_photo_is_found(name, tmp_path):
    described = Image.Exif()
    described[0x010E] = "Mueller-Weiss"
    Image.new("RGB", (9, 9)).save(tmp_path / name, exif=described)
    with pytest.raises(ProtectionError, match="a name"):
        require_clean(tmp_path, needles_of(names=[("Müller-Weiß", "Aïcha")]))


def test_those_who_drew_a_font_are_nobody_of_the_data(tmp_path):
    draw(tmp_path / "a.pdf", "nichts", {"pdf.fonttype": 42})
    named = [("Bitstream", "Charter"), ("Dejavu", "Stepan"), ("Tavmjong", "")]
    assert require_clean(tmp_path, needles_of(names=named)).files == 1
