package audit

import (
	"crypto/tls"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	eventVersion = "1.11"
	timeFormat   = "2006-01-02T15:04:05Z"
	maxMessage   = 1 << 10 // CloudTrail's limit in bytes
	maxText      = 1 << 10 // of what a client says of itself
	maxResources = 100
)

// view says for whom a record is.
type view struct {
	id        string // eventID
	recipient string // account
	shared    string // sharedEventID, or empty
	foreign   bool   // the recipient is not the caller's account
}

// object writes members of a JSON object one after the other.
type object struct {
	text  []byte
	begun bool
}

func (o *object) key(name string) {
	if o.begun {
		o.text = append(o.text, ',')
	}
	o.begun = true
	o.text = append(o.text, '"')
	o.text = append(o.text, name...)
	o.text = append(o.text, '"', ':')
}

func (o *object) open(name string)   { o.key(name); o.text = append(o.text, '{'); o.begun = false }
func (o *object) close()             { o.text = append(o.text, '}'); o.begun = true }
func (o *object) null(name string)   { o.key(name); o.text = append(o.text, "null"...) }
func (o *object) str(name, v string) { o.key(name); o.text = appendString(o.text, v) }

// some writes a text that is there.
func (o *object) some(name, v string) {
	if v != "" {
		o.str(name, v)
	}
}

func (o *object) flag(name string, v bool) {
	o.key(name)
	if v {
		o.text = append(o.text, "true"...)
	} else {
		o.text = append(o.text, "false"...)
	}
}

func (o *object) time(name string, t time.Time) {
	o.key(name)
	o.text = append(o.text, '"')
	o.text = t.UTC().AppendFormat(o.text, timeFormat)
	o.text = append(o.text, '"')
}

// encode appends the record of e, one line without a line feed, members in CloudTrail's order.
func encode(dst []byte, e *Event, v view) []byte {
	o := &object{text: append(dst, '{')}
	o.str("eventVersion", eventVersion)
	e.identity(o, v.foreign)
	o.time("eventTime", e.Time)
	o.str("eventSource", e.Source)
	o.str("eventName", e.Name)
	o.str("awsRegion", e.Region)
	o.str("sourceIPAddress", e.SourceIP)
	o.some("userAgent", bounded(e.UserAgent, maxText))
	if e.ErrorCode != "" {
		o.str("errorCode", strings.TrimSuffix(e.ErrorCode, deniedSuffix(e.ErrorCode)))
		o.some("errorMessage", bounded(e.message(), maxMessage))
	}
	o.null("requestParameters")
	o.null("responseElements")
	o.some("requestID", e.RequestID)
	o.str("eventID", v.id)
	o.flag("readOnly", e.ReadOnly)
	e.resources(o)
	o.str("eventType", "AwsApiCall")
	o.flag("managementEvent", e.Class == Management)
	o.str("recipientAccountId", v.recipient)
	o.some("sharedEventID", v.shared)
	o.str("eventCategory", string(e.Class))
	if e.TLS != nil {
		o.open("tlsDetails")
		o.str("tlsVersion", strings.Replace(tls.VersionName(e.TLS.Version), "TLS ", "TLSv", 1))
		o.str("cipherSuite", tls.CipherSuiteName(e.TLS.CipherSuite))
		o.some("clientProvidedHostHeader", bounded(e.Host, maxText))
		o.close()
	}
	o.close()
	return o.text
}

// message gives the error message without what it repeats of the request.
func (e *Event) message() string {
	if e.Unreadable {
		return Hidden
	}
	return quiet(e.ErrorCode, unquoted(e.ErrorMessage, e.Input, e.Resources))
}

// deniedSuffix: CloudTrail writes AccessDenied for every service's AccessDeniedException, and leaves other codes whole.
func deniedSuffix(code string) string {
	if code == "AccessDeniedException" {
		return "Exception"
	}
	return ""
}

func (e *Event) resources(o *object) {
	if len(e.Resources) == 0 {
		return
	}
	o.key("resources")
	o.text = append(o.text, '[')
	for i, name := range e.Resources[:min(len(e.Resources), maxResources)] {
		if i > 0 {
			o.text = append(o.text, ',')
		}
		account, kind := describeResource(name)
		r := object{text: append(o.text, '{')}
		r.some("accountId", account)
		r.some("type", kind)
		r.str("ARN", bounded(name, 2*maxText))
		r.close()
		o.text = r.text
	}
	o.text = append(o.text, ']')
}

// bounded cuts a text to n bytes at most, between two characters.
func bounded(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// appendString appends a JSON string. What is not UTF-8 becomes U+FFFD, and what could end a line or a string is escaped.
func appendString(dst []byte, s string) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += size
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		default:
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}
