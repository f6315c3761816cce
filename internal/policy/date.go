package policy

import (
	"strconv"
	"strings"
	"time"
)

// dateValue is a value of a Date operator.
type dateValue struct {
	relation relation
	instant  time.Time
}

func (v dateValue) compare(value string, _ *Context) verdict {
	t, ok := parseDate(value)
	if !ok {
		return unknown
	}
	return verdictOf(v.relation.holds(t.Compare(v.instant)))
}

// parseDate reads a date in the W3C profile of ISO 8601, from a year to fractions of a second, or Unix time in seconds. Four
// digits are a year. A date without zone is in UTC.
func parseDate(text string) (time.Time, bool) {
	if len(text) != 4 && strings.Trim(text, "-0123456789") == "" && strings.LastIndexByte(text, '-') <= 0 {
		seconds, err := strconv.ParseInt(text, 10, 64)
		return time.Unix(seconds, 0), err == nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02", "2006-01", "2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
