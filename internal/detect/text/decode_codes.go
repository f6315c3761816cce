package text

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
)

// codes decodes runs of Base64, Base32, and character codes in hexadecimal, decimal, octal and binary.
func (dec *decoder) codes() {
	s := dec.parent.Text
	for i := 0; i < len(s); {
		if !inCode(s[i]) {
			i++
			continue
		}
		end, word := runEnd(s, i)
		if word && (end-i < 2 || !isHex(s[i])) {
			i = end
			continue
		}
		if next := dec.spaced(i, end); next > i {
			i = next
			continue
		}
		if end-i >= 6 && !word {
			end = dec.packed(i, end)
		}
		i = end
	}
}

// inCode reports whether runs of codes are made of c.
func inCode(c byte) bool {
	return isAlnum(c) || c == '+' || c == '/' || c == '-' || c == '_' || c == '='
}

// runEnd gives the end of the run at i, and whether it is a plain word: small letters, perhaps after one capital.
func runEnd(s string, i int) (end int, word bool) {
	word = true
	for end = i; end < len(s); end++ {
		c := s[end]
		if c >= 'a' && c <= 'z' {
			continue
		}
		if !inCode(c) {
			break
		}
		word = word && end == i && c >= 'A' && c <= 'Z'
	}
	return end, word
}

// packed decodes the run [start, end) of one code without spaces, with the lines that follow when it was wrapped, and gives the
// offset behind what was read.
func (dec *decoder) packed(start, end int) int {
	const wrapped = 60 // encoders wrap at 64 or 76 characters
	s := dec.parent.Text
	parts := []string{s[start:end]}
	last := end
	for size := end - start; size >= wrapped && last < len(s) && (s[last] == '\n' || s[last] == '\r'); {
		next := last
		for next < len(s) && (s[next] == '\n' || s[next] == '\r') {
			next++
		}
		lineEnd, _ := runEnd(s, next)
		if lineEnd == next || lineEnd-next > size {
			break
		}
		parts, last = append(parts, s[next:lineEnd]), lineEnd
		if lineEnd-next < size {
			break
		}
	}
	encoded := strings.Join(parts, "")
	if kind, decoded := unpack(encoded); decoded != nil {
		dec.add(kind, string(decoded), start, last)
		return last
	}
	return end
}

// unpack decodes a run by the first code whose result is plausible.
func unpack(encoded string) (Kind, []byte) {
	upper, lower, digits := 0, 0, 0
	for i := range len(encoded) {
		switch c := encoded[i]; {
		case c >= 'A' && c <= 'Z':
			upper++
		case c >= 'a' && c <= 'z':
			lower++
		case c >= '0' && c <= '9':
			digits++
		}
	}
	bare := strings.TrimRight(encoded, "=")
	if digits > 0 || upper == 0 {
		if digits > 0 && len(bare)%2 == 0 {
			body := strings.TrimPrefix(strings.TrimPrefix(bare, "0x"), "0X")
			if decoded, err := hex.DecodeString(body); err == nil && plausible(decoded) {
				return Hex, decoded
			}
		}
		if digits == len(bare) && digits%8 == 0 && strings.Trim(bare, "01") == "" {
			if decoded := bitsToBytes(bare); plausible(decoded) {
				return Codes, decoded
			}
		}
	}
	if lower == 0 || upper == 0 {
		const fewest = 8
		if len(bare) >= fewest && (digits > 0 || len(bare) < len(encoded) || len(bare) >= 2*fewest) {
			if decoded, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(bare)); err == nil && plausible(decoded) {
				return Base32, decoded
			}
		}
	}
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(bare, "-_") {
		encoding = base64.RawURLEncoding
	}
	if fewest := 12; upper == 0 || (lower == 0 || digits == 0 && len(bare) == len(encoded)) && len(encoded) < fewest {
		return "", nil // a word, not a code
	}
	if decoded, err := encoding.DecodeString(bare); err == nil && plausible(decoded) {
		return Base64, decoded
	}
	return "", nil
}

// bitsToBytes reads digits 0 and 1 as bytes of eight.
func bitsToBytes(digits string) []byte {
	decoded := make([]byte, 0, len(digits)/8)
	for ; len(digits) >= 8; digits = digits[8:] {
		v, _ := strconv.ParseUint(digits[:8], 2, 8)
		decoded = append(decoded, byte(v))
	}
	return decoded
}

// spaced decodes groups of one code each with single separators between them ("6b 69 6c 6c", "107, 105", "0x6b,0x69"), which begin
// with the group [start, end), and gives the offset behind them; start when they are none.
func (dec *decoder) spaced(start, end int) int {
	const fewest, widest = 4, 8
	s := dec.parent.Text
	if end-start > widest || end-start < 2 {
		return start
	}
	var groups []string
	last := end
	for at := start; ; {
		end := at
		for end < len(s) && isAlnum(s[end]) {
			end++
		}
		if end == at || end-at > widest || !isHex(s[at]) && s[at] != 'x' {
			break
		}
		groups, last = append(groups, s[at:end]), end
		at = end
		for at < len(s) && at-end < 2 && (s[at] == ' ' || s[at] == ',' || s[at] == ':' || s[at] == '-' || s[at] == '\n' || s[at] == ';') {
			at++
		}
		if at == end {
			break
		}
	}
	if len(groups) < fewest {
		return start
	}
	if kind, decoded := codesOf(groups); decoded != nil {
		dec.add(kind, string(decoded), start, last)
	}
	return last // where it is no text, the numbers are not tried again from the second one
}

// codesOf reads groups as bytes in the one base that fits all of them.
func codesOf(groups []string) (Kind, []byte) {
	for _, c := range [...]struct {
		kind         Kind
		base         int
		size, widest int
	}{{Codes, 2, 8, 8}, {Hex, 16, 2, 4}, {Codes, 10, 2, 3}, {Codes, 8, 3, 3}} {
		decoded := make([]byte, 0, len(groups))
		letters := false
		for _, g := range groups {
			digits := g
			if c.base == 16 {
				digits = strings.TrimPrefix(strings.TrimPrefix(g, "0x"), "x")
			}
			v, err := strconv.ParseUint(digits, c.base, 8)
			if err != nil || len(digits) < c.size || c.base == 16 && len(digits) != 2 || len(g) > c.widest {
				decoded = nil
				break
			}
			letters = letters || v >= 'a' || v >= 'A' && v <= 'Z'
			decoded = append(decoded, byte(v))
		}
		if decoded != nil && letters && plausible(decoded) {
			return c.kind, decoded
		}
	}
	return "", nil
}

// quoted decodes quoted-printable: lines with at least three bytes written as =XX.
func (dec *decoder) quoted() {
	const fewest = 3
	start := 0
	for line := range strings.SplitSeq(dec.parent.Text, "\n") {
		if strings.Count(line, "=") >= fewest {
			if decoded, n := unquote(line); n >= fewest && plausible(decoded) {
				dec.add(Quoted, string(decoded), start, start+len(line))
			}
		}
		start += len(line) + 1
	}
}

// unquote replaces the =XX in line and counts them.
func unquote(line string) (decoded []byte, n int) {
	for i := 0; i < len(line); i++ {
		if line[i] == '=' && i+2 < len(line) && isHex(line[i+1]) && isHex(line[i+2]) {
			v, _ := strconv.ParseUint(line[i+1:i+3], 16, 8)
			decoded = append(decoded, byte(v))
			i += 2
			n++
			continue
		}
		decoded = append(decoded, line[i])
	}
	return decoded, n
}
