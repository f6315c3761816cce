// Command read writes what a trunk gives for texts: read TRUNK < IDS > ROWS.
//
// TRUNK is a folder with config.json and model.safetensors, IDS token ids, one JSON array a line, ROWS the rows of every token of every
// line, in order, as float32 in little-endian order. Towers are trained on the rows of the weights that ship, in int8, so that they
// learn what rounding does to them; it is also several times as fast as reading with torch.
package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/train/cmd/folder"
	"merlon.dev/merlon/train/cmd/lines"
)

// most is the tokens of lines that go through the trunk together.
const most = 2048

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: read TRUNK < IDS > ROWS")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "read:", err)
		os.Exit(1)
	}
}

func run(path string, in io.Reader, out io.Writer) error {
	session, err := open(path)
	if err != nil {
		return err
	}
	pool, err := nn.NewPool(1)
	if err != nil {
		return err
	}
	defer pool.Close()
	rows := bufio.NewWriterSize(out, 1<<20)
	var batch encoder.Batch
	write := func() error {
		if batch.Len() == 0 {
			return nil
		}
		given, err := session.Forward(context.Background(), pool, &batch)
		if err != nil {
			return err
		}
		batch.Reset()
		for i := range given.Tokens.Rows {
			if err := binary.Write(rows, binary.LittleEndian, given.Tokens.Row(i)); err != nil {
				return err
			}
		}
		return nil
	}
	err = lines.Each(in, func(ids []int32) error {
		batch.Add(ids, nil)
		if len(batch.IDs) < most {
			return nil
		}
		return write()
	})
	if err != nil {
		return fmt.Errorf("read ids: %w", err)
	}
	if err := write(); err != nil {
		return err
	}
	return rows.Flush()
}

// open loads the trunk of a folder.
func open(path string) (*encoder.Session, error) {
	config, err := folder.Config(path)
	if err != nil {
		return nil, err
	}
	weights, err := folder.Weights(path)
	if err != nil {
		return nil, err
	}
	e, err := encoder.Load(weights, config, encoder.Options{})
	if err != nil {
		return nil, err
	}
	return e.NewSession(), nil
}
