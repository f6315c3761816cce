package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a running process that has printed its ready line.
type server struct {
	command  *exec.Cmd
	endpoint string
	ready    time.Duration // from exec to the ready line
}

// config turns every quota off: the benches measure the server, not its limits.
const config = `
log: {level: warn}
quotas: {guardrails: 0, versions: 0, regexes: 0, apply_requests: 0, content_units: 0, topic_units: 0, sensitive_units: 0, word_units: 0, grounding_units: 0}
`

// startMerlon runs the server on a data folder and waits for its ready line.
func startMerlon(binary, data string) (*server, error) { return startWith(binary, data, config) }

func startWith(binary, data, config string) (*server, error) {
	path := filepath.Join(data, "..", "bench.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		return nil, err
	}
	return start(exec.Command(binary, "serve", "--dev", "--config", path, "--listen", "127.0.0.1:0", "--data", data))
}

// startPeer runs this program as the bare handler.
func startPeer() (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(exec.Command(self, "peer"))
}

func start(command *exec.Cmd) (*server, error) {
	command.Stderr = os.Stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	if err := command.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("no ready line: %w", err)
	}
	words := strings.Fields(line)
	if len(words) != 3 || words[1] != "ready" {
		return nil, fmt.Errorf("ready line %q", line)
	}
	return &server{command, words[2], time.Since(begin)}, nil
}

// stop ends the process and waits for it.
func (s *server) stop() error {
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { s.command.Process.Kill() })
	defer stop()
	return s.command.Wait()
}

// rss gives the process's resident memory and its peak so far, in MiB.
func (s *server) rss() (now, peak float64) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		return 0, 0
	}
	read := func(key string) float64 {
		for line := range strings.Lines(string(data)) {
			if rest, ok := strings.CutPrefix(line, key+":"); ok {
				n, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
				return n / 1024
			}
		}
		return 0
	}
	return read("VmRSS"), read("VmHWM")
}

// cpu gives the processor time of all the process's threads so far, which other processes take no part of.
func (s *server) cpu() time.Duration {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", s.command.Process.Pid))
	if err != nil {
		return 0
	}
	total := int64(0)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue // the thread has ended
		}
		n, _ := strconv.ParseInt(strings.Fields(string(data))[0], 10, 64)
		total += n
	}
	return time.Duration(total)
}
