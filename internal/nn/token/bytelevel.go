package token

// byteRunes is how byte-level vocabularies spell each byte: as itself where it is printable in Latin-1, else from U+0100 on.
// Source: bytes_to_unicode in encoder.py of github.com/openai/gpt-2.
var byteRunes = func() (to [256]rune) {
	next := rune(256)
	for b := range to {
		if b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae {
			to[b] = rune(b)
			continue
		}
		to[b] = next
		next++
	}
	return to
}()

// runeBytes is byteRunes the other way round; -1 for a character that spells no byte.
var runeBytes = func() (to [324]int16) {
	for i := range to {
		to[i] = -1
	}
	for b, r := range byteRunes {
		to[r] = int16(b)
	}
	return to
}()

// unmapped appends the bytes that a piece spells. ok is false for a piece that spells none, such as an added token in Korean: it stands for itself.
func unmapped(dst []byte, piece string) (out []byte, ok bool) {
	at := len(dst)
	for _, r := range piece {
		if int(r) >= len(runeBytes) || runeBytes[r] < 0 {
			return append(dst[:at], piece...), false
		}
		dst = append(dst, byte(runeBytes[r]))
	}
	return dst, true
}
