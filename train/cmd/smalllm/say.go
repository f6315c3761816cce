package main

import (
	"context"
	"fmt"
	"os"

	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/provider/local"
)

// say prints what the model of a folder answers to each prompt, by the engine that serves it.
func say(dir string, prompts []string) error {
	pool, err := nn.NewPool(1)
	if err != nil {
		return err
	}
	defer pool.Close()
	p, err := local.New(local.Config{Folder: os.DirFS(dir), Pool: pool, Int8: true})
	if err != nil {
		return err
	}
	defer p.Close()
	most := 80
	for _, prompt := range prompts {
		answer, err := p.Generate(context.Background(), model.Request{
			Messages: []model.Message{{Role: model.User, Content: []model.Block{{Text: prompt}}}}, Inference: model.Inference{MaxTokens: &most},
		})
		if err != nil {
			return err
		}
		text := ""
		for _, b := range answer.Content {
			text += b.Text
		}
		fmt.Printf("> %s\n%s\n", prompt, text)
	}
	return nil
}
