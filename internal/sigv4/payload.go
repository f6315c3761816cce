package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

const (
	// UnsignedPayload is the literal in place of a payload hash that leaves the body out of the signature.
	UnsignedPayload = "UNSIGNED-PAYLOAD"
	emptyHash       = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	hashHeader      = "X-Amz-Content-Sha256"
)

// HashPayload gives the payload hash of a body, as Sign wants it.
func HashPayload(body []byte) string {
	if len(body) == 0 {
		return emptyHash
	}
	sum := sha256.Sum256(body)
	var text [2 * sha256.Size]byte
	hex.Encode(text[:], sum[:])
	return string(text[:])
}

// Payload gives what the request says about its payload, or an empty text: a hash, UNSIGNED-PAYLOAD, or one of the STREAMING forms,
// whose body arrives in signed chunks and is not a []byte that Verify could take.
func (s *Signature) Payload(r *http.Request) string {
	if declared := single(r.Header, hashHeader); declared != "" || !s.Presigned {
		return declared
	}
	for part := range strings.SplitSeq(r.URL.RawQuery, "&") {
		if value, ok := strings.CutPrefix(part, hashHeader+"="); ok {
			return value
		}
	}
	return ""
}

// payloadHash gives the last line of the canonical request, once the body is seen to be what the request declares.
func payloadHash(r *http.Request, claim *Signature, rules Rules, body []byte) (string, error) {
	declared := claim.Payload(r)
	switch {
	case len(r.Header[hashHeader]) > 1:
		return "", refuse(Incomplete, "X-Amz-Content-Sha256 header must appear once.")
	case strings.HasPrefix(declared, "STREAMING-"):
		return "", refuse(PayloadForm, "The payload form %s is not supported here.", printable(declared))
	case declared == UnsignedPayload && !rules.UnsignedPayload:
		return "", refuse(PayloadForm, "The body must be part of the signature: %s is not accepted by this service.", UnsignedPayload)
	case declared == UnsignedPayload, declared == "" && claim.Presigned && rules.UnsignedPayload:
		return UnsignedPayload, nil
	}
	actual := HashPayload(body)
	if declared != "" && declared != actual {
		return "", refuse(BodyMismatch, "The provided 'x-amz-content-sha256' header does not match what was computed.")
	}
	return actual, nil
}

// printable keeps what a caller sent, as far as it is a plain word.
func printable(s string) string {
	if len(s) > 64 {
		s = s[:64]
	}
	return strings.Map(func(c rune) rune {
		if c < 0x80 && unreserved(byte(c)) {
			return c
		}
		return '?'
	}, s)
}
