package codec_test

import (
	"testing"
	"time"

	"merlon.dev/merlon/internal/codec"
)

func TestTime(t *testing.T) {
	t.Parallel()
	tests := []struct {
		format  codec.TimeFormat
		text    string
		want    time.Time // zero: refused
		written string    // empty: as text
	}{
		{codec.ISO8601, "2026-01-02T03:04:05.123456Z", time.Date(2026, 1, 2, 3, 4, 5, 123456000, time.UTC), ""},
		{codec.ISO8601, "2026-01-02T03:04:05Z", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), ""},
		{codec.ISO8601, "2026-01-02T03:04:05.5Z", time.Date(2026, 1, 2, 3, 4, 5, 500000000, time.UTC), ""},
		{codec.ISO8601, "2026-01-02T03:04:05.123456789+09:00", time.Date(2026, 1, 1, 18, 4, 5, 123456789, time.UTC), "2026-01-01T18:04:05.123456Z"},
		{codec.ISO8601, "2026-01-02T3:04:05Z", time.Time{}, ""},
		{codec.ISO8601, "2026-01-02T03:04:05,5Z", time.Time{}, ""},
		{codec.ISO8601, "2026-01-02 03:04:05Z", time.Time{}, ""},
		{codec.ISO8601, "2026-02-30T03:04:05Z", time.Time{}, ""},
		{codec.ISO8601, "", time.Time{}, ""},
		{codec.Epoch, "1398796238", time.Unix(1398796238, 0), ""},
		{codec.Epoch, "1398796238.5", time.Unix(1398796238, 500000000), ""},
		{codec.Epoch, "-1.5", time.Unix(-2, 500000000), ""},
		{codec.Epoch, "1.5e9", time.Unix(1500000000, 0), "1500000000"},
		{codec.Epoch, "0.1234567", time.Unix(0, 123456700), "0.123456"},
		{codec.Epoch, "1e300", time.Time{}, ""},
		{codec.Epoch, "253402300800", time.Time{}, ""},
		{codec.HTTPDate, "Tue, 29 Apr 2014 18:30:38 GMT", time.Unix(1398796238, 0), ""},
		{codec.HTTPDate, "Tue, 29 Apr 2014 18:30:38.25 GMT", time.Unix(1398796238, 250000000), "Tue, 29 Apr 2014 18:30:38 GMT"},
		{codec.HTTPDate, "2014-04-29T18:30:38Z", time.Time{}, ""},
	}
	for _, test := range tests {
		got, err := codec.ParseTime(test.text, test.format)
		if test.want.IsZero() {
			if err == nil {
				t.Errorf("%q was read as %v", test.text, got)
			}
			continue
		}
		if err != nil || !got.Equal(test.want) {
			t.Errorf("%q was read as %v, %v, want %v", test.text, got, err, test.want)
		}
		written := test.written
		if written == "" {
			written = test.text
		}
		if text := string(codec.AppendTime(nil, got, test.format)); text != written {
			t.Errorf("%q was written as %q, want %q", test.text, text, written)
		}
	}
}
