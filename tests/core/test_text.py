import unicodedata

import pytest

from kimeval.core.text import slug, transliterate


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_both_unicode_forms_give_the_same_letters(form):
    assert transliterate(unicodedata.normalize(form, "Müller-Weiß")) == "mueller-weiss"


def test_umlauts_are_written_out_and_accents_dropped():
    assert transliterate("ÄÖÜ äöü é ğ ç") == "aeoeue aeoeue e g c"


def test_a_slug_holds_small_letters_digits_and_hyphens_only():
    assert slug("Erreichte Personen") == "erreichte-personen"
    assert slug("§ 25a AufenthG: Fälle/Jahr (2024)") == "25a-aufenthg-faelle-jahr-2024"
    assert slug("../../etc/passwd") == "etc-passwd"
    assert slug("") == ""
