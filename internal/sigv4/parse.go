package sigv4

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	terminator = "aws4_request"
	timeFormat = "20060102T150405Z"

	// MaxExpires is how long a presigned request may be valid at most.
	MaxExpires = 604800 * time.Second
)

// Signature is what a request claims about its signing. Nothing in it is proven before Verify.
type Signature struct {
	AccessKeyID string
	Date        string // YYYYMMDD of the credential scope
	Region      string
	Service     string // the signing name, such as "bedrock"
	Time        time.Time
	// Presigned tells that the signature is in the query. Expires is how long such a request is valid from Time on.
	Presigned bool
	Expires   time.Duration
	// SessionToken is empty for long-term credentials.
	SessionToken string

	terminator    string
	stamp         string // Time as it was sent
	signedHeaders string // "host;x-amz-date"
	mac           string // hexadecimal
}

// presigned reports whether a query carries a signature, well formed or not.
func presigned(rawQuery string) bool {
	return strings.Contains(rawQuery, "X-Amz-Signature=") || strings.Contains(rawQuery, "X-Amz-Algorithm=") ||
		strings.Contains(rawQuery, "X-Amz-Credential=")
}

// Parse reads the claim of a request from its Authorization header or its query. Errors are *Error with reason Missing, Incomplete,
// Ambiguous or BadExpiry.
func Parse(r *http.Request) (*Signature, error) {
	header := r.Header["Authorization"]
	inQuery := presigned(r.URL.RawQuery)
	switch {
	case len(header) > 0 && inQuery:
		return nil, refuse(Ambiguous, "Only one authentication mechanism is allowed: the Authorization header or the X-Amz-* query parameters, not both.")
	case len(header) > 1:
		return nil, refuse(Incomplete, "Authorization header must appear once.")
	case inQuery:
		return parseQuery(r.URL.RawQuery)
	case len(header) == 0 || strings.TrimSpace(header[0]) == "":
		return nil, Refuse(Missing)
	default:
		return parseHeader(r.Header, header[0])
	}
}

func parseHeader(h http.Header, authorization string) (*Signature, error) {
	name, rest, _ := strings.Cut(strings.TrimSpace(authorization), " ")
	if name != algorithm {
		return nil, refuse(Incomplete, "Unsupported AWS 'algorithm' in the Authorization header; use '%s'.", algorithm)
	}
	s := &Signature{}
	var credential string
	seen := make(map[string]bool, 3)
	for part := range strings.SplitSeq(rest, ",") {
		key, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			return nil, refuse(Incomplete, "Authorization header has a part that is not a key=value pair (missing equal-sign).")
		}
		var target *string
		switch key {
		case "Credential":
			target = &credential
		case "SignedHeaders":
			target = &s.signedHeaders
		case "Signature":
			target = &s.mac
		default:
			return nil, refuse(Incomplete, "Authorization header has a parameter other than 'Credential', 'SignedHeaders' and 'Signature'.")
		}
		if seen[key] {
			return nil, refuse(Incomplete, "Authorization header has the parameter '%s' twice.", key)
		}
		seen[key] = true
		*target = value
	}
	s.stamp = single(h, "X-Amz-Date")
	if s.stamp == "" && len(h["X-Amz-Date"]) == 0 {
		s.stamp = single(h, "Date")
	}
	lacks := missing("Authorization header requires '%s' parameter.",
		pair{"Credential", credential}, pair{"SignedHeaders", s.signedHeaders}, pair{"Signature", s.mac})
	if s.stamp == "" {
		lacks = append(lacks, "Authorization header requires existence of one 'X-Amz-Date' or 'Date' header.")
	}
	if len(lacks) > 0 {
		return nil, refuse(Incomplete, "%s", strings.Join(lacks, " "))
	}
	if len(h["X-Amz-Security-Token"]) > 1 {
		return nil, refuse(Incomplete, "X-Amz-Security-Token header must appear once.")
	}
	s.SessionToken = single(h, "X-Amz-Security-Token")
	return s, s.finish(credential)
}

func parseQuery(rawQuery string) (*Signature, error) {
	s := &Signature{Presigned: true}
	var name, credential, expires string
	targets := map[string]*string{
		"X-Amz-Algorithm": &name, "X-Amz-Credential": &credential, "X-Amz-Date": &s.stamp, "X-Amz-Expires": &expires,
		"X-Amz-SignedHeaders": &s.signedHeaders, "X-Amz-Signature": &s.mac, "X-Amz-Security-Token": &s.SessionToken,
	}
	seen := make(map[string]bool, len(targets))
	for part := range strings.SplitSeq(rawQuery, "&") {
		rawKey, rawValue, _ := strings.Cut(part, "=")
		key, keyOK := unescape(rawKey)
		value, valueOK := unescape(rawValue)
		if !keyOK || !valueOK {
			return nil, refuse(Incomplete, "The query string has a malformed percent-encoding.")
		}
		target := targets[key]
		if target == nil {
			continue
		}
		if seen[key] {
			return nil, refuse(Incomplete, "AWS query-string parameter '%s' must appear once.", key)
		}
		seen[key] = true
		*target = value
	}
	lacks := missing("AWS query-string parameters must include '%s'.",
		pair{"X-Amz-Algorithm", name}, pair{"X-Amz-Credential", credential}, pair{"X-Amz-Signature", s.mac},
		pair{"X-Amz-SignedHeaders", s.signedHeaders}, pair{"X-Amz-Date", s.stamp}, pair{"X-Amz-Expires", expires})
	if len(lacks) > 0 {
		return nil, refuse(Incomplete, "%s", strings.Join(lacks, " "))
	}
	if name != algorithm {
		return nil, refuse(Incomplete, "Unsupported AWS 'algorithm' in X-Amz-Algorithm; use '%s'.", algorithm)
	}
	seconds, err := strconv.ParseUint(expires, 10, 32)
	switch {
	case err != nil:
		return nil, refuse(BadExpiry, "X-Amz-Expires should be a number of seconds from 1 to 604800.")
	case seconds > uint64(MaxExpires/time.Second):
		return nil, refuse(BadExpiry, "X-Amz-Expires must be less than a week (in seconds) that is 604800.")
	case seconds == 0:
		return nil, refuse(BadExpiry, "X-Amz-Expires must be at least 1 second.")
	}
	s.Expires = time.Duration(seconds) * time.Second
	return s, s.finish(credential)
}

// finish splits the credential and reads the time.
func (s *Signature) finish(credential string) error {
	if strings.Count(credential, "/") != 4 {
		return refuse(Incomplete, "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.")
	}
	for _, part := range [...]*string{&s.AccessKeyID, &s.Date, &s.Region, &s.Service, &s.terminator} {
		*part, credential, _ = strings.Cut(credential, "/")
	}
	if s.AccessKeyID == "" {
		return refuse(Incomplete, "Credential must name an access key id.")
	}
	at, err := time.Parse(timeFormat, s.stamp)
	if err != nil || len(s.stamp) != len(timeFormat) { // time.Parse lets fractions of a second pass
		// A Date header in HTTP's own form is allowed; it is signed in the ISO form.
		if at, err = http.ParseTime(s.stamp); err != nil {
			return refuse(Incomplete, "Date must be in ISO-8601 'basic format' YYYYMMDD'T'HHMMSS'Z'.")
		}
		s.stamp = at.UTC().Format(timeFormat)
	}
	s.Time = at.UTC()
	return nil
}

type pair struct{ name, value string }

func missing(format string, pairs ...pair) (out []string) {
	for _, p := range pairs {
		if p.value == "" {
			out = append(out, strings.Replace(format, "%s", p.name, 1))
		}
	}
	return out
}

// single gives the value of a header that appears exactly once.
func single(h http.Header, name string) string {
	if values := h[name]; len(values) == 1 {
		return strings.TrimSpace(values[0])
	}
	return ""
}
