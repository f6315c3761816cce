package policy_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// worlds is how many random worlds each property looks at, and requests how many requests are put to each.
const (
	worlds   = 10000
	requests = 20
)

// TestMain sets how many cases the properties run; -short runs a tenth.
func TestMain(m *testing.M) {
	flag.Parse()
	checks := worlds
	if testing.Short() {
		checks = worlds / 10
	}
	explicit := false
	flag.Visit(func(f *flag.Flag) { explicit = explicit || f.Name == "rapid.checks" })
	if !explicit {
		if err := flag.Set("rapid.checks", fmt.Sprint(checks)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}
