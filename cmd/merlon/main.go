// Command merlon serves the Amazon Bedrock safety APIs on one's own machine.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

// Exit codes: 1 for a failure, 2 for a command line that cannot be understood.
const (
	exitFailure = 1
	exitUsage   = 2
)

type commandLine struct {
	Serve  serveCommand  `cmd:"" help:"Serve the API."`
	Eval   evalCommand   `cmd:"" help:"Measure detection on labelled texts."`
	Verify verifyCommand `cmd:"" help:"Check a data folder offline, while no server has it open."`
	Admin  adminCommand  `cmd:"" help:"Root tasks."`
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, os.Environ())) }

// world is what a command may touch of its surroundings.
type world struct {
	stdout, stderr io.Writer
	environ        []string
}

func run(args []string, stdout, stderr io.Writer, environ []string) int {
	var line commandLine
	exit := -1
	parser, err := kong.New(&line,
		kong.Name("merlon"),
		kong.Description("Amazon Bedrock Guardrails that really evaluate, on your own machine. Every AWS SDK works with one changed endpoint URL."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		fmt.Fprintf(stderr, "merlon: %v\n", err)
		return exitFailure
	}
	command, err := parser.Parse(args)
	if exit >= 0 { // --help has answered
		return exit
	}
	if err != nil {
		fmt.Fprintf(stderr, "merlon: %v\nhint: merlon --help\n", err)
		return exitUsage
	}
	err = command.Run(&world{stdout, stderr, environ})
	switch {
	case err == nil:
		return 0
	case errors.Is(err, context.Canceled):
		return exitFailure
	default:
		fmt.Fprintf(stderr, "merlon: %v\n", err)
		return exitFailure
	}
}
