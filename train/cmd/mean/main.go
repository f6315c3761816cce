// Command mean writes the mean of the rows that a tower makes of each text: mean [-from N] TOWER < ROWS > MEANS.
//
// TOWER is a folder with config.json and model.safetensors, f32 or int8, whose first layer is N; ROWS is what the trunk gives for texts:
// for each the number of its rows as a uint32, then these as float32; MEANS is a row of float32 a text. All are little-endian. Heads
// are fitted to what the int8 weights give, so that they learn what rounding does.
package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/train/cmd/folder"
)

// most is the rows of texts that go through the tower together, but for a longer text.
const most = 2048

func main() {
	from := flag.Int("from", 6, "number of the tower's first layer")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: mean [-from N] TOWER < ROWS > MEANS")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *from, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mean:", err)
		os.Exit(1)
	}
}

func run(path string, from int, in io.Reader, out io.Writer) error {
	config, err := folder.Config(path)
	if err != nil {
		return err
	}
	weights, err := folder.Weights(path)
	if err != nil {
		return err
	}
	e, err := encoder.LoadTower(weights, config, from, encoder.Options{})
	if err != nil {
		return err
	}
	pool, err := nn.NewPool(1)
	if err != nil {
		return err
	}
	defer pool.Close()
	session, mean := e.NewSession(), make([]float32, e.Hidden())
	texts, means := bufio.NewReaderSize(in, 1<<20), bufio.NewWriterSize(out, 1<<20)
	for {
		rows, ends, err := next(texts, e.Hidden())
		if err != nil {
			return err
		}
		if len(ends) == 0 {
			return means.Flush()
		}
		given, err := session.ContinueRows(context.Background(), pool, kernel.Of(rows, len(rows)/e.Hidden(), e.Hidden()), ends)
		if err != nil {
			return err
		}
		for i := range ends {
			given.Mean(mean, i)
			if err := binary.Write(means, binary.LittleEndian, mean); err != nil {
				return err
			}
		}
	}
}

// next reads texts until they have most rows together, or to the end.
func next(in io.Reader, hidden int) (rows []float32, ends []int, err error) {
	for len(rows) < most*hidden {
		var n uint32
		if err := binary.Read(in, binary.LittleEndian, &n); errors.Is(err, io.EOF) {
			return rows, ends, nil
		} else if err != nil {
			return nil, nil, fmt.Errorf("read a number of rows: %w", err)
		}
		text := make([]float32, int(n)*hidden)
		if err := binary.Read(in, binary.LittleEndian, text); err != nil {
			return nil, nil, fmt.Errorf("read %d rows: %w", n, err)
		}
		rows = append(rows, text...)
		ends = append(ends, len(rows)/hidden)
	}
	return rows, ends, nil
}
