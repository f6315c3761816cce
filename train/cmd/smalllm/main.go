// Command smalllm makes merlon.small-lm-v1: its rows, its tokenizer, its weights and the folder that ships.
//
//	smalllm rows [-shared DIR] [-own DIR] OUT        writes rows.jsonl and tokenizer.json into the folder OUT
//	smalllm train [-time D] [-workers N] DIR          trains on them, from a checkpoint in DIR where there is one
//	smalllm measure DIR MODEL                        perplexity of the held-out rows of DIR, with the weights in the folder MODEL
//	smalllm pack DIR OUT                             writes the model's folder, weights in int8
//	smalllm say MODEL PROMPT...                      prints what the model of such a folder answers
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Names in the working folder.
const (
	rowsFile      = "rows.jsonl"
	tokenizerFile = "tokenizer.json"
	weightsFile   = "model.safetensors"
	momentsFile   = "moments.safetensors"
	progressFile  = "progress.json"
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	shared := flags.String("shared", "../shared", "folder of the shared data")
	own := flags.String("own", "train/lm", "folder of the rows written for this model")
	length := flags.Duration("time", time.Hour, "how long to train, in all")
	workers := flags.Int("workers", runtime.GOMAXPROCS(0), "processors to train on")
	_ = flags.Parse(os.Args[2:]) // exits on an error
	args := flags.Args()
	var err error
	switch {
	case os.Args[1] == "rows" && len(args) == 1:
		err = writeRows(*shared, *own, args[0])
	case os.Args[1] == "train" && len(args) == 1:
		err = trainModel(args[0], *length, *workers)
	case os.Args[1] == "measure" && len(args) == 2:
		err = measure(args[0], args[1], *workers)
	case os.Args[1] == "pack" && len(args) == 2:
		err = pack(args[0], args[1])
	case os.Args[1] == "say" && len(args) > 1:
		err = say(args[0], args[1:])
	default:
		usage()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "smalllm:", err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: smalllm rows [-shared DIR] [-own DIR] OUT | train [-time D] [-workers N] DIR | measure DIR MODEL | pack DIR OUT | say MODEL PROMPT...")
	os.Exit(2)
}

// writeRows gathers the rows and learns the vocabulary from those that are not held out.
func writeRows(shared, own, out string) error {
	rows, err := gather(shared, own)
	if err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(out, rowsFile))
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(f)
	encoder.SetEscapeHTML(false)
	var texts []string
	count, size := map[string]int{}, map[string]int{}
	for _, r := range rows {
		if err := encoder.Encode(r); err != nil {
			return err
		}
		all := []string{r.Text}
		for _, t := range r.Turns {
			all = append(all, t.Text)
		}
		count[r.Source]++
		for _, t := range all {
			size[r.Source] += len(t)
		}
		if !r.Held {
			texts = append(texts, all...)
		}
	}
	if err := f.Close(); err != nil {
		return err
	}
	for source, n := range count {
		fmt.Printf("%-24s %6d rows %9d bytes\n", source, n, size[source])
	}
	text, err := learnVocabulary(texts, vocabularySize)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, tokenizerFile), text, 0o644)
}
