import unicodedata

import pytest

from kimeval.data.clean.texts import looks_garbled, tidy_text

from .reading import read, value


@pytest.mark.parametrize("text", ["007", "NA", "nan", "None", "1.0", "=1+1"])
@pytest.mark.parametrize("kind", ["text", "id"])
def test_text_stays_as_it_is(text, kind):
    assert value(text, kind) == text


@pytest.mark.parametrize(
    "sign", ["\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060", "\ufeff", "\u00ad"]
)
def test_signs_without_width_are_removed_and_counted(sign):
    assert tidy_text(f"Mül{sign}ler") == ("Müller", ("invisible",))


def test_spaces_at_the_edge_and_doubled_ones_become_plain():
    assert tidy_text("\u00a0van \t den\u2009 Berg\n") == ("van den Berg", ("spaces",))


def test_both_unicode_forms_give_one_text():
    for form, rules in (("NFC", ()), ("NFD", ("unicode",))):
        assert tidy_text(unicodedata.normalize(form, "Müller")) == ("Müller", rules)


@pytest.mark.parametrize(
    "text", ["Müller", "Müller", "Straße", "10 €", "„so“", "Ünal", "São", "Â", "Ãa"]
)
def test_umlauts_and_signs_do_not_look_garbled(text):
    assert looks_garbled(text) is False


@pytest.mark.parametrize("text", ["Müller", "Hückelhoven", "Straße", "„so“", "Ünal", "£", "–"])
def test_utf8_read_as_cp1252_looks_garbled(text):
    assert looks_garbled(text.encode().decode("cp1252", "replace"))


def test_a_sign_for_what_could_not_be_converted_looks_garbled():
    assert looks_garbled("M�ller")


@pytest.mark.parametrize("kind", ["text", "id", "code"])
def test_garbled_text_is_flagged_and_not_guessed(kind):
    cell = read("MÃ¼ller", kind, column={"codes": "gender"})
    assert "mojibake" in cell.rules
    if kind != "code":
        assert cell.value == "MÃ¼ller"
