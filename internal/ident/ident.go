// Package ident makes the random identifiers that Merlon hands out.
package ident

import (
	"crypto/rand"
	"encoding/hex"
)

const lowerAlphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789"

// Lower gives n random characters of a-z and 0-9, as in guardrail ids (12 of them, about 62 bits).
func Lower(n int) string {
	out := make([]byte, 0, n)
	var buf [64]byte
	for len(out) < n {
		rand.Read(buf[:])
		for _, b := range buf {
			// 252 is the largest multiple of 36 in a byte: what lies above would favour the first letters.
			if b < 252 && len(out) < n {
				out = append(out, lowerAlphanumeric[b%36])
			}
		}
	}
	return string(out)
}

// UUID gives a random UUID (version 4, RFC 9562) in lower case, as in request ids.
func UUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	var out [36]byte
	hex.Encode(out[0:8], b[0:4])
	hex.Encode(out[9:13], b[4:6])
	hex.Encode(out[14:18], b[6:8])
	hex.Encode(out[19:23], b[8:10])
	hex.Encode(out[24:36], b[10:16])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	return string(out[:])
}
