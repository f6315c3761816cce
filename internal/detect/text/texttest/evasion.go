// Package texttest disguises texts as people do who want a filter to miss them.
package texttest

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"html"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Kind says what may be expected of a reader of a disguised text.
type Kind string

// The closed list of kinds.
const (
	Normalise Kind = "normalise" // a person still reads it; the Folded or Joined view shows the text
	Encode    Kind = "encode"    // it has to be decoded first; a Decoded view shows the text
)

// Evasion is one way to disguise a text. Apply is a pure function: random choices are seeded with the name and the text.
type Evasion struct {
	Name  string
	Kind  Kind
	Apply func(text string) string
}

// Evasions gives all the ways that the package knows: those of the project's evasion tool, and others.
func Evasions() []Evasion {
	n := func(name string, apply func(*rand.Rand, string) string) Evasion {
		return Evasion{name, Normalise, func(s string) string { return apply(seeded(name, s), s) }}
	}
	between := func(name, mark string) Evasion {
		return Evasion{name, Normalise, func(s string) string { return interleave(s, func() string { return mark }) }}
	}
	e := func(name string, apply func(string) string) Evasion { return Evasion{name, Encode, apply} }
	return []Evasion{
		between("zw_space", "\u200b"), between("zw_joiner", "\u200d"), between("bom", "\ufeff"), between("soft_hyphen", "\u00ad"),
		n("tags", func(rng *rand.Rand, s string) string {
			return interleave(s, func() string { return string(rune(0xE0061 + rng.IntN(26))) })
		}),
		n("homoglyph", homoglyph), n("fullwidth", fullwidth), n("zalgo", zalgo), n("backspace", backspace),
		n("leet", func(_ *rand.Rand, s string) string { return swap(s, "aeiostbgAEIOSTBG", "4310578943105789") }),
		n("case", randomCase), n("escapes", escapes), n("jamo", jamo),
		e("base64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }),
		e("base32", func(s string) string { return base32.StdEncoding.EncodeToString([]byte(s)) }),
		e("hex", func(s string) string { return spacedHex(s, " ") }),
		e("rot13", func(s string) string { return shift(s, 13) }), e("atbash", atbash), e("morse", morse), e("reversed", reversed),

		// Others than the tool's.
		between("word_joiner", "\u2060"), between("bidi_isolate", "\u2066\u2069"), between("variation_selector", "\ufe0f"),
		between("grapheme_joiner", "\u034f"), between("nul", "\x00"), between("terminal_colour", "\x1b[31m"),
		between("hangul_filler", "\u3164"), between("markdown", "**"), between("invisible_times", "\u2062"),
		n("percent", func(_ *rand.Rand, s string) string {
			return each(s, func(b byte) string { return fmt.Sprintf("%%%02X", b) })
		}),
		n("percent_twice", func(_ *rand.Rand, s string) string {
			return each(s, func(b byte) string { return fmt.Sprintf("%%25%02x", b) })
		}),
		n("html_nested", func(_ *rand.Rand, s string) string {
			return html.EscapeString(runes(s, func(r rune) string { return fmt.Sprintf("&#x%x;", r) }))
		}),
		n("html_open", func(_ *rand.Rand, s string) string {
			return runes(s, func(r rune) string { return fmt.Sprintf("&#%07d", r) })
		}),
		n("js_brace", func(_ *rand.Rand, s string) string {
			return runes(s, func(r rune) string { return fmt.Sprintf(`\u{%x}`, r) })
		}),
		n("math_bold", func(_ *rand.Rand, s string) string { return letters(s, 0x1D400, 0x1D41A) }),
		n("math_fraktur", func(_ *rand.Rand, s string) string { return letters(s, 0x1D56C, 0x1D586) }),
		n("circled", func(_ *rand.Rand, s string) string { return letters(s, 0x24B6, 0x24D0) }),
		n("negative_squared", func(_ *rand.Rand, s string) string { return letters(strings.ToUpper(s), 0x1F170, 0) }),
		n("small_capitals", func(_ *rand.Rand, s string) string {
			return swap(strings.ToLower(s), "abcdefghijklmnoprtuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ")
		}),
		n("accents", func(_ *rand.Rand, s string) string { return swap(s, "aeiouncAEIOUNC", "àéîöûñçÀÉÎÖÛÑÇ") }),
		n("spelled_spaces", func(_ *rand.Rand, s string) string { return spelled(s, " ", "   ") }),
		n("spelled_dots", func(_ *rand.Rand, s string) string { return spelled(s, ".", " ") }),
		n("spelled_hyphens", func(_ *rand.Rand, s string) string { return spelled(s, "-", " ") }),
		n("stretched", stretched),
		e("base64_url", func(s string) string { return "see " + base64.RawURLEncoding.EncodeToString([]byte(s)) + " ok" }),
		e("base64_twice", func(s string) string {
			return base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(s))))
		}),
		e("hex_packed", func(s string) string { return hex.EncodeToString([]byte(s)) }),
		e("hex_0x", func(s string) string { return "0x" + spacedHex(s, " 0x") }),
		e("decimal_codes", func(s string) string {
			return strings.TrimSpace(each(s, func(b byte) string { return fmt.Sprintf("%d ", b) }))
		}),
		e("binary_codes", func(s string) string {
			return strings.TrimSpace(each(s, func(b byte) string { return fmt.Sprintf("%08b ", b) }))
		}),
		e("quoted_printable", func(s string) string { return each(s, func(b byte) string { return fmt.Sprintf("=%02X", b) }) }),
		e("caesar_3", func(s string) string { return shift(s, 3) }),
		e("tag_smuggling", func(s string) string {
			return "hello" + runes(s, func(r rune) string { return string(0xE0000 + r) }) + " there"
		}),
		e("selector_smuggling", func(s string) string { return "hello" + each(s, selector) + " there" }),
		e("upside_down", func(s string) string {
			return reversed(swap(strings.ToLower(s), "acefghijkmrtvwynubqdp", "ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎunqbpd"))
		}),
		e("rot13_in_base64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(shift(s, 13))) }),
	}
}

func seeded(name, text string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name + "\x00" + text))
	return rand.New(rand.NewPCG(h.Sum64(), 0))
}

func isAlnum(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// interleave puts mark() between every two neighbouring letters or digits.
func interleave(s string, mark func() string) string {
	var b strings.Builder
	rs := []rune(s)
	for i, r := range rs {
		b.WriteRune(r)
		if i+1 < len(rs) && isAlnum(r) && isAlnum(rs[i+1]) {
			b.WriteString(mark())
		}
	}
	return b.String()
}

// swap replaces the characters of from by those of to.
func swap(s, from, to string) string {
	table, targets := map[rune]rune{}, []rune(to)
	for i, r := range []rune(from) {
		table[r] = targets[i]
	}
	return strings.Map(func(r rune) rune {
		if t, ok := table[r]; ok {
			return t
		}
		return r
	}, s)
}

func homoglyph(rng *rand.Rand, s string) string {
	const share = 0.6
	return strings.Map(func(r rune) rune {
		if twins := []rune(twins[r]); len(twins) > 0 && rng.Float64() < share {
			return twins[rng.IntN(len(twins))]
		}
		return r
	}, s)
}

// twins are the letters that Unicode lists as intentionally alike, in Cyrillic, Greek and Armenian.
var twins = map[rune]string{
	'A': "АΑ", 'B': "ВΒ", 'C': "С", 'E': "ЕΕ", 'G': "Ԍ", 'H': "НΗ", 'I': "ІΙ", 'J': "ЈͿ", 'K': "Κ", 'L': "Լ", 'M': "МΜ",
	'N': "Ν", 'O': "ОΟՕ", 'P': "РΡ", 'Q': "Ԛ", 'S': "ЅՏ", 'T': "ТΤ", 'U': "Ս", 'V': "Ѵ", 'W': "Ԝ", 'X': "ХΧ", 'Y': "ҮΥ",
	'Z': "Ζ", 'a': "а", 'c': "сϲ", 'd': "ԁ", 'e': "е", 'g': "ց", 'h': "һհ", 'i': "і", 'j': "јϳ", 'l': "ӏ", 'n': "ո",
	'o': "оοօ", 'p': "рρ", 'q': "ԛ", 's': "ѕ", 'u': "ս", 'v': "ѵν", 'w': "ԝ", 'x': "х", 'y': "у",
}

func fullwidth(_ *rand.Rand, s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return 0x3000
		case r > ' ' && r <= '~':
			return r + 0xFEE0
		default:
			return r
		}
	}, s)
}

func zalgo(rng *rand.Rand, s string) string {
	return runes(s, func(r rune) string {
		out := string(r)
		if isAlnum(r) {
			out += "\u0336"
			for range rng.IntN(3) {
				out += string(rune(0x300 + rng.IntN(0x70)))
			}
		}
		return out
	})
}

func backspace(rng *rand.Rand, s string) string {
	const share = 0.4
	return runes(s, func(r rune) string {
		if isAlnum(r) && rng.Float64() < share {
			return string(rune('a'+rng.IntN(26))) + "\b" + string(r)
		}
		return string(r)
	})
}

func randomCase(rng *rand.Rand, s string) string {
	return strings.Map(func(r rune) rune {
		if rng.IntN(2) == 0 {
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, s)
}

// escapes writes words in turn as HTML references, as \u escapes, and cut up by Markdown.
func escapes(_ *rand.Rand, s string) string {
	words := strings.Split(s, " ")
	for n, w := range words {
		switch rs := []rune(w); n % 3 {
		case 0:
			words[n] = runes(w, func(r rune) string { return fmt.Sprintf("&#%d;", r) })
		case 1:
			words[n] = ""
			for _, u := range utf16.Encode(rs) {
				words[n] += fmt.Sprintf(`\u%04x`, u)
			}
		default:
			half := len(rs) / 2
			if words[n] = `\` + w; len(rs) > 2 {
				words[n] = string(rs[:half]) + "**" + string(rs[half]) + "**" + string(rs[half+1:])
			}
		}
	}
	return strings.Join(words, " ")
}

// jamo takes Hangul syllables apart, every second word into half-width letters.
func jamo(_ *rand.Rand, s string) string {
	initials, vowels, finals := []rune("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"), []rune("ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"), []rune("ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
	words := strings.Split(s, " ")
	for n, w := range words {
		parts := runes(w, func(r rune) string {
			i := int(r) - 0xAC00
			if i < 0 || i >= 11172 {
				return string(r)
			}
			out := string(initials[i/588]) + string(vowels[i%588/28])
			if f := i % 28; f > 0 {
				out += string(finals[f-1])
			}
			return out
		})
		if n%2 == 1 {
			parts = strings.Map(halfwidth, parts)
		}
		words[n] = parts
	}
	return strings.Join(words, " ")
}

func halfwidth(r rune) rune {
	switch {
	case r >= 0x3131 && r <= 0x314E:
		return r - 0x3131 + 0xFFA1
	case r >= 0x314F && r <= 0x3163:
		v := r - 0x314F
		return 0xFFC2 + v/6*8 + v%6
	default:
		return r
	}
}

func spelled(s, sep, gap string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		words[i] = interleave(w, func() string { return sep })
	}
	return strings.Join(words, gap)
}

// stretched repeats a letter in every word whose letters are all single, which no reader could tell otherwise.
func stretched(rng *rand.Rand, s string) string {
	words := strings.Split(s, " ")
	for i, w := range words {
		if rs := []rune(w); len(rs) > 2 && unicode.IsLetter(rs[1]) && rs[0] != rs[1] && rs[1] != rs[2] {
			words[i] = string(rs[:1]) + strings.Repeat(string(rs[1]), 3+rng.IntN(3)) + string(rs[2:])
		}
	}
	return strings.Join(words, " ")
}

// letters moves the letters of ASCII to alphabets that begin at upper and lower.
func letters(s string, upper, lower rune) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return upper + r - 'A'
		case r >= 'a' && r <= 'z' && lower != 0:
			return lower + r - 'a'
		default:
			return r
		}
	}, s)
}

func selector(b byte) string {
	if b < 16 {
		return string(rune(0xFE00) + rune(b))
	}
	return string(rune(0xE0100) + rune(b) - 16)
}

func each(s string, change func(byte) string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteString(change(s[i]))
	}
	return b.String()
}

func runes(s string, change func(rune) string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteString(change(r))
	}
	return b.String()
}
