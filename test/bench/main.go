// Command bench measures the built server from outside: real SigV4 requests over kept connections, beside a bare handler with the same
// signature check as the peer. Figures are medians over runs; server and client share the machine.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
)

// bench is one set of figures.
type bench struct {
	name string
	run  func(*settings) error
}

var benches = []bench{
	{"apply", benchApply},
	{"large", benchLarge},
	{"linear", benchLinear},
	{"create", benchCreate},
	{"policies", benchPolicies},
	{"streams", benchStreams},
	{"kms", benchKMS},
	{"start", benchStart},
}

// settings are what every bench reads.
type settings struct {
	binary   string
	runs     int
	requests int
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "peer" {
		if err := servePeer(); err != nil {
			fmt.Fprintln(os.Stderr, "bench peer:", err)
			os.Exit(1)
		}
		return
	}
	var s settings
	only := flag.String("only", "", "comma-separated benches: apply, large, linear, create, policies, streams, kms, start (default all)")
	flag.StringVar(&s.binary, "merlon", "bin/merlon", "the server to measure")
	flag.IntVar(&s.runs, "runs", 5, "runs of each figure; the median is told")
	flag.IntVar(&s.requests, "requests", 12000, "requests of one throughput run")
	flag.Parse()
	fmt.Printf("machine: %s, %d cores, %s\n", processor(), runtime.NumCPU(), runtime.Version())
	for _, b := range benches {
		if *only != "" && !slices.Contains(strings.Split(*only, ","), b.name) {
			continue
		}
		if err := b.run(&s); err != nil {
			fmt.Fprintf(os.Stderr, "bench %s: %v\n", b.name, err)
			os.Exit(1)
		}
	}
}

// processor names the machine's processor as Linux knows it.
func processor() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(data)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, "\t :"))
		}
	}
	return runtime.GOARCH
}
