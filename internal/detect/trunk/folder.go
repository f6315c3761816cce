package trunk

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"merlon.dev/merlon/internal/nn/safetensors"
)

// The files that model folders share. SumsFile lists the SHA-256 of the others, as the tool sha256sum prints them.
const (
	SumsFile    = "SHA256SUMS"
	WeightsFile = "model.safetensors"
)

// ErrAbsent says that a folder holds no model: neither sums nor weights.
var ErrAbsent = errors.New("the folder holds no model")

// Weights holds the files of a folder, and its weights, against their sums and gives the weights to use, which must not keep the file. A
// folder without sums and weights gives ErrAbsent.
func Weights(folder fs.FS, files []string, use func(*safetensors.File) error) error {
	absent := true
	for _, name := range []string{SumsFile, WeightsFile} {
		_, err := fs.Stat(folder, name)
		absent = absent && errors.Is(err, fs.ErrNotExist)
	}
	if absent {
		return ErrAbsent
	}
	if err := checkSums(folder, append(files, WeightsFile)); err != nil {
		return err
	}
	f, err := folder.Open(WeightsFile)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		return err
	}
	at, ok := f.(io.ReaderAt)
	if !ok {
		return fmt.Errorf("%s cannot be read from any place", WeightsFile)
	}
	weights, err := safetensors.Read(at, info.Size())
	if err != nil {
		return fmt.Errorf("read weights: %w", err)
	}
	return use(weights)
}

// checkSums holds files against their sums.
func checkSums(folder fs.FS, files []string) error {
	text, err := fs.ReadFile(folder, SumsFile)
	if err != nil {
		return err
	}
	sums := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		sum, name, ok := strings.Cut(lines.Text(), " ")
		if name = strings.TrimLeft(name, " *"); !ok || sums[name] != "" {
			return fmt.Errorf("%s: a line is not a sum and a file, or names one twice", SumsFile)
		}
		sums[name] = sum
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read %s: %w", SumsFile, err)
	}
	for _, name := range files {
		f, err := folder.Open(name)
		if err != nil {
			return err
		}
		h := sha256.New()
		_, err = io.Copy(h, f)
		_ = f.Close() // only read
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if got := hex.EncodeToString(h.Sum(nil)); got != sums[name] {
			return fmt.Errorf("%s has SHA-256 %s, but %s says %q", name, got, SumsFile, sums[name])
		}
	}
	return nil
}
