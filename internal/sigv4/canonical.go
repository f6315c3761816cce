package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// pathForm is how the path of a request enters the canonical request.
type pathForm int

const (
	asSent      pathForm = iota // each byte of the sent path encoded again: every service but S3
	normalised                  // the same after empty and dot segments are taken out
	encodedOnce                 // the path decoded and encoded once: S3
)

// canonical is everything that the canonical request is made of.
type canonical struct {
	request       *http.Request
	path          pathForm
	signedHeaders string
	payloadHash   string
	skipToken     bool // leave X-Amz-Security-Token out of the query: it was added after signing
}

// append writes the canonical request to b. It reports false where the query or path holds a malformed percent-encoding.
func (c canonical) append(b []byte) ([]byte, bool) {
	b = append(b, c.request.Method...)
	b = append(b, '\n')
	b, ok := appendPath(b, sentPath(c.request), c.path)
	if !ok {
		return b, false
	}
	b = append(b, '\n')
	if b, ok = appendQuery(b, c.request.URL.RawQuery, c.skipToken); !ok {
		return b, false
	}
	b = append(b, '\n')
	for name := range strings.SplitSeq(c.signedHeaders, ";") {
		b = append(b, name...)
		b = append(b, ':')
		b = appendHeader(b, c.request, name)
		b = append(b, '\n')
	}
	b = append(b, '\n')
	b = append(b, c.signedHeaders...)
	b = append(b, '\n')
	return append(b, c.payloadHash...), true
}

// sentPath gives the path as it stands in the request line; on the client's side, as it will stand there.
func sentPath(r *http.Request) string {
	path := r.URL.EscapedPath()
	if strings.HasPrefix(r.RequestURI, "/") {
		path, _, _ = strings.Cut(r.RequestURI, "?")
	}
	if path == "" {
		return "/"
	}
	return path
}

func appendPath(b []byte, path string, form pathForm) ([]byte, bool) {
	if form == normalised {
		path = normalise(path)
	}
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c == '/':
			b = append(b, c)
		case c == '%' && form == encodedOnce:
			plain, ok := hexPair(path[i+1:])
			if !ok {
				return b, false
			}
			// An encoded slash stays encoded: it is not the separator that a plain one is.
			b = appendEscaped(b, plain)
			i += 2
		default:
			b = appendEscaped(b, c)
		}
	}
	return b, true
}

// normalise removes empty and dot segments, as RFC 3986 section 5.2.4 does for the latter.
func normalise(path string) string {
	var kept []string
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "", ".":
		case "..":
			kept = kept[:max(0, len(kept)-1)]
		default:
			kept = append(kept, segment)
		}
	}
	out := "/" + strings.Join(kept, "/")
	if strings.HasSuffix(path, "/") && len(kept) > 0 {
		out += "/"
	}
	return out
}

// normal reports whether normalise would leave the path alone, without the work.
func normal(path string) bool {
	return strings.HasPrefix(path, "/") && !strings.Contains(path, "//") && !strings.Contains(path, "/.")
}

// appendQuery writes the parameters, each name and value decoded and encoded anew, sorted by their encoded form. The signature itself
// is left out.
func appendQuery(b []byte, raw string, skipToken bool) ([]byte, bool) {
	if raw == "" {
		return b, true
	}
	type parameter struct{ name, value string }
	parameters := make([]parameter, 0, strings.Count(raw, "&")+1)
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, nameOK := reescape(name)
		value, valueOK := reescape(value)
		if !nameOK || !valueOK {
			return b, false
		}
		if name == "X-Amz-Signature" || skipToken && name == "X-Amz-Security-Token" {
			continue
		}
		parameters = append(parameters, parameter{name, value})
	}
	slices.SortFunc(parameters, func(x, y parameter) int {
		if order := strings.Compare(x.name, y.name); order != 0 {
			return order
		}
		return strings.Compare(x.value, y.value)
	})
	for i, p := range parameters {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(b, p.name...)
		b = append(b, '=')
		b = append(b, p.value...)
	}
	return b, true
}

// authority is what the AWS SDK for JavaScript signs in place of host where it speaks HTTP/2.
const authority = ":authority"

// appendHeader writes the values of a header joined by commas, each trimmed and with runs of spaces made one.
func appendHeader(b []byte, r *http.Request, name string) []byte {
	// net/http takes these out of the header map.
	switch name {
	case "host", authority:
		if r.Host != "" {
			return append(b, r.Host...)
		}
		return append(b, r.URL.Host...)
	case "content-length":
		return strconv.AppendInt(b, r.ContentLength, 10)
	case "transfer-encoding":
		return append(b, strings.Join(r.TransferEncoding, ",")...)
	}
	for i, value := range r.Header.Values(name) {
		if i > 0 {
			b = append(b, ',')
		}
		value = strings.TrimSpace(value)
		for j := range len(value) {
			if value[j] == ' ' && value[j-1] == ' ' {
				continue // a trimmed value does not begin with a space
			}
			b = append(b, value[j])
		}
	}
	return b
}

// stringToSign is short enough to live on the stack of its caller.
func stringToSign(b, canonicalRequest []byte, stamp, date, region, service string) []byte {
	for _, line := range [...]string{algorithm, "\n", stamp, "\n", date, "/", region, "/", service, "/", terminator, "\n"} {
		b = append(b, line...)
	}
	sum := sha256.Sum256(canonicalRequest)
	return hex.AppendEncode(b, sum[:])
}
