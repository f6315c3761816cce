package pii

import (
	"strings"
	"testing"
	"time"
)

// TestCredentialsInURL asks for the parts of a connection string that is a URL as a whole where URL is asked for too.
func TestCredentialsInURL(t *testing.T) {
	t.Parallel()
	const original = "dsn: postgres://appuser:s3cret@db.internal/x"
	for typ, want := range map[Type]string{
		Username: "dsn: postgres://[[appuser]]:s3cret@db.internal/x",
		Password: "dsn: postgres://appuser:[[s3cret]]@db.internal/x",
	} {
		d, err := New(typ)
		if err != nil {
			t.Fatal(err)
		}
		if got := reported(t, d, typ, original); got != want {
			t.Errorf("%s: got %s, want %s", typ, got, want)
		}
	}
}

// TestSoftLinear reads long repetitions of what the soft types look around at. A quadratic look would take minutes.
func TestSoftLinear(t *testing.T) {
	t.Parallel()
	d, err := New(Types()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, piece := range []string{"1-", "12 Main, ", "Al-", "van der ", "@x ", "://a:b", "김", "서울 ", "Flat 3, ", "aged 4, ", "John Smith, "} {
		began := time.Now()
		detectIn(t, d, strings.Repeat(piece, 256<<10/len(piece)))
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("256 KiB of %q took %v", piece, took)
		}
	}
}
