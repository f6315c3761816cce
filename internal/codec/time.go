package codec

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

var errTime = errors.New("not a timestamp")

// AppendTime writes t in a format other than DefaultTime, in UTC. ISO8601 and Epoch carry at most microseconds and only the
// digits that are needed; HTTPDate carries seconds.
func AppendTime(b []byte, t time.Time, format TimeFormat) []byte {
	t = t.UTC()
	switch format {
	case HTTPDate:
		return t.AppendFormat(b, http.TimeFormat)
	case Epoch:
		t = t.Truncate(time.Microsecond)
		// A negative time with a fraction counts down from its second: -1.5 is one and a half before the epoch.
		micros := t.UnixMicro()
		if micros < 0 {
			b, micros = append(b, '-'), -micros
		}
		b = strconv.AppendInt(b, micros/1e6, 10)
		if fraction := micros % 1e6; fraction != 0 {
			digits := strconv.FormatInt(1e6+fraction, 10)[1:]
			b = append(append(b, '.'), strings.TrimRight(digits, "0")...)
		}
		return b
	default:
		return t.AppendFormat(b, "2006-01-02T15:04:05.999999Z")
	}
}

// ParseTime reads a timestamp in a format other than DefaultTime. ISO8601 may carry up to nine fraction digits and an offset.
func ParseTime(s string, format TimeFormat) (time.Time, error) {
	switch format {
	case HTTPDate:
		// Protocol tests carry fractions, which http.ParseTime refuses.
		t, err := time.Parse("Mon, 02 Jan 2006 15:04:05.999999999 GMT", s)
		if err != nil {
			return time.Time{}, errTime
		}
		return t, nil
	case Epoch:
		return parseEpoch(s)
	default:
		// time.Parse takes a one-digit hour and a comma before the fraction; ISO 8601 as AWS writes it has neither.
		if len(s) < len("2006-01-02T15:04:05Z") || s[10] != 'T' || s[13] != ':' || strings.ContainsRune(s, ',') {
			return time.Time{}, errTime
		}
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			return time.Time{}, errTime
		}
		return t.UTC(), nil
	}
}

// maxEpoch is the end of the year 9999, beyond which no format can write a time.
const maxEpoch = 253402300799

func parseEpoch(s string) (time.Time, error) {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	seconds, err := strconv.ParseUint(whole, 10, 63)
	if err != nil || len(fraction) > 9 || strings.ContainsAny(fraction, "eE") {
		// An exponent or more digits than a time holds: the nearest double is as good.
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || !(f >= -maxEpoch && f <= maxEpoch) {
			return time.Time{}, errTime
		}
		return time.UnixMicro(int64(f * 1e6)).UTC(), nil
	}
	var nanos int64
	if fraction != "" {
		n, err := strconv.ParseUint(fraction+"000000000"[len(fraction):], 10, 32)
		if err != nil {
			return time.Time{}, errTime
		}
		nanos = int64(n)
	}
	if seconds > maxEpoch {
		return time.Time{}, errTime
	}
	if strings.HasPrefix(s, "-") {
		return time.Unix(-int64(seconds), -nanos).UTC(), nil
	}
	return time.Unix(int64(seconds), nanos).UTC(), nil
}
