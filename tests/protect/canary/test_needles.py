"""What is looked for, what is not, and that ordinary text gives no alarm."""

import pytest

from kimeval.core.errors import ProtectionError
from kimeval.core.project import Project
from kimeval.protect.canary import needles_of, require_clean
from kimeval.protect.canary.ordinary import Ordinary, ordinary

FIXED = Ordinary.of(
    ["Kreis Heinsberg, Klein und Weiß", "Beratung von 05370004 im Team", "siehe Akte"]
)


@pytest.fixture
def told(tmp_path):
    """Whether a text is refused, with a needle of one kind."""

    def ask(text, fixed=FIXED, **held):
        (tmp_path / "a.html").write_text(text, encoding="utf-8")
        try:
            require_clean(tmp_path, needles_of(**held, ordinary=fixed))
        except ProtectionError:
            return True
        return False

    return ask


@pytest.mark.parametrize(
    "number",
    ["P0001", "DF-113", "Fam 0012", "00237", "12345678", "2023/00237", "KI.2023-00237", "a4711b",
     "550e8400-e29b-41d4-a716-446655440000", "Mustermann"],
)  # fmt: skip
def test_a_number_unlike_others_is_found(number, told):
    assert needles_of([number]).numbers["identifier"] == 1
    assert told(f"<td>{number}</td>", identifiers=[number])
    assert not told(f"<td>{number}9</td><td>x{number}x</td>", identifiers=[number])


@pytest.mark.parametrize(
    "number",
    ["1", "4711", "44216", "1234567", "DF-7", "2024Q3", "2024-10-15", "20241015", "15-10-2024",
     "2023/24", "2023/2024", "KIM 2024", "00000", "B2", "1.000.237", "12,5", "", "-"],
)  # fmt: skip
def test_a_number_like_others_is_not_looked_for(number, told):
    needles = needles_of([number])
    assert needles.numbers["identifier"] == 0
    assert not told(f"<td>{number}</td>", identifiers=[number])


def test_what_is_not_looked_for_is_counted():
    needles = needles_of(["1", "2", "05370004", "P0001"], [("Weiß", "Al")], ["ja"], ordinary=FIXED)
    assert (needles.short, needles.common) == (4, 2)
    assert needles.numbers == {"identifier": 1, "name": 2, "pseudonym": 0, "free text": 0}


def test_decimals_of_a_drawing_are_no_numbers_of_cases(told):
    drawing = '<path d="M 0.00237 72.00237 L 12.00237e-05 3"/><text x="10.00237">1</text>'
    assert not told(drawing, identifiers=["00237"])
    assert told(f"{drawing} 00237", identifiers=["00237"])


def test_a_municipality_is_no_identifier_though_a_case_has_its_number(told):
    assert not told("<td>05370004</td>", identifiers=["05370004"])
    assert told("<td>05370004</td>", identifiers=["05370004"], fixed=None)


@pytest.mark.parametrize(
    "shown",
    ["Özdemir", "özdemir", "OEZDEMIR", "O\u0308zdemir", "Ozde\u00admir-Schmidt", "ÖZDEMİR", "Ayşe"],
)
def test_a_name_is_found_however_it_is_written(shown, told):
    same = shown.replace("Ozde", "Özde")
    assert told(f"<p>Frau {same} rief an</p>", names=[("Özdemir", "Ayşe")])


@pytest.mark.parametrize("shown", ["Klein", "klein und Weiß", "Team", "Ann", "Ann rief an"])
def test_a_name_that_is_a_word_is_not_found_alone(shown, told):
    assert not told(shown, names=[("Klein", "Ann"), ("Weiß", "Team")])


@pytest.mark.parametrize("shown", ["Klein, Ann", "Ann Klein", "<td>KLEIN</td><td>Ann</td>"])
def test_a_name_that_is_a_word_is_found_with_the_other(shown, told):
    assert told(shown, names=[("Klein", "Ann")])
    assert not told(shown, names=[("Klein", "Beate"), ("Lang", "Ann")])


def test_one_of_several_given_names_is_enough(told):
    assert told("Klein, Eva", names=[("Klein", "Ida Eva")])
    assert told("Eva Al Khatib", names=[("Al Khatib", "Ida Eva")])


def test_a_part_of_a_word_is_no_name(told):
    assert not told("Kemalismus und Bekemal", names=[("Kemal", "")])


def test_a_name_among_names_of_fonts_and_tags_is_no_find(told, root):
    fixed = ordinary(Project(root))
    page = '<text style="font-family: Roman, Helvetica" fill="brown">1</text><mark>2</mark>'
    assert not told(page, fixed, names=[("Roman", ""), ("Brown", ""), ("Mark", "")])
    assert told("Roman Brown", fixed, names=[("Brown", "Roman")])


def test_the_sample_s_own_names_are_not_ordinary(root):
    fixed = ordinary(Project(root))
    assert {"heinsberg", "beratung", "diakonie"} <= fixed.words
    assert not {"yusuf", "bondarenko", "mueller", "oezdemir"} & fixed.words


REMARK = "Hat am Montag beim Jugendamt vorgesprochen und geweint"


@pytest.mark.parametrize(
    "shown",
    [REMARK, REMARK.upper(), "am Montag beim Jugendamt vorg…", "hat am Montag\nbeim  Jugendamt!",
     "Montag, beim Jugendamt, vorgesprochen und"],
)  # fmt: skip
def test_five_words_of_a_remark_are_found(shown, told):
    found = told(shown, texts=[REMARK])
    assert found == ("vorg…" not in shown)


@pytest.mark.parametrize("shown", ["beim Jugendamt", "Montag beim Jugendamt geweint", "und"])
def test_fewer_words_of_a_remark_are_no_find(shown, told):
    assert not told(shown, texts=[REMARK])


def test_a_short_remark_is_found_as_a_whole(told):
    assert told("Rückruf: dringend", texts=["Rückruf; dringend"])
    assert not told("dringend", texts=["Rückruf; dringend"])
    assert not told("siehe Akte", texts=["siehe Akte"])
    assert not told("siehe Akte", texts=["Akte"])


def test_dates_and_codes_in_a_row_say_nothing(told):
    assert not told("2022 10 25 tel j 60", texts=["40 P4 2022 10 25 tel j 60 siehe oben"])


def test_a_pseudonym_is_found_within_a_longer_run(told):
    held = "0937b0701a78b0d54ca5"
    assert told(f"id-ab{held.upper()}cd", pseudonyms=[held])
    assert not told(f"{held[:-1]}6", pseudonyms=[held])


def test_needles_show_numbers_only():
    needles = needles_of(["P0001"], [("Özdemir", "Ayşe")], [REMARK], ["0937b0701a78b0d54ca5"])
    assert repr(needles) == "Needles(identifier: 1, name: 4, pseudonym: 1, free text: 1)"


def test_without_needles_everything_passes(told):
    assert not told("Özdemir P0001")
    assert not told("")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_a_short_name_is_found_in_text_of_any_encoding(encoding, tmp_path):
    needles = needles_of(names=[("Käya", "")])
    (tmp_path / "a.txt").write_bytes("Frau Käya rief an.".encode(encoding))
    with pytest.raises(ProtectionError, match="a name"):
        require_clean(tmp_path, needles)


def test_a_short_name_among_bytes_of_any_kind_is_chance(tmp_path):
    needles = needles_of(names=[("Kaya", "Mustafa")])
    (tmp_path / "a.bin").write_bytes(b"\xff\xfe\0\x90\x81 7;k (Kaya) q!9\0\xff")
    assert require_clean(tmp_path, needles).hits == ()
    (tmp_path / "a.bin").write_bytes(b"\xff\xfe\0\x90\x81 7;k (Kaya, Mustafa)\0\xff")
    with pytest.raises(ProtectionError, match="a name"):
        require_clean(tmp_path, needles)
