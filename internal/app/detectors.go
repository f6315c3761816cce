package app

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"

	"golang.org/x/sync/errgroup"

	"merlon.dev/merlon/internal/detect/grounding"
	"merlon.dev/merlon/internal/detect/guardmodel"
	"merlon.dev/merlon/internal/detect/name"
	"merlon.dev/merlon/internal/detect/topic"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	weights "merlon.dev/merlon/models"
)

// detectorModels are the models behind the detectors: the trunk and the towers on it. A nil one stands for a build without weights,
// in which only rules detect; one with some of them does not start.
type detectorModels struct {
	trunk     *trunk.Trunk
	guard     *guardmodel.Model
	topic     *topic.Model
	name      *name.Model
	grounding *grounding.Model
	relevance *grounding.RelevanceModel
}

// openDetectorModels loads the models that are part of the binary; guard may name a folder to take the guard model from instead.
func openDetectorModels(guard string) (*detectorModels, error) {
	folders := map[string]fs.FS{}
	for _, part := range []string{weights.Trunk, weights.Guard, weights.Topic, weights.Name, weights.Grounding, weights.Relevance} {
		folder, err := weights.Folder(part)
		if err != nil {
			return nil, err
		}
		folders[part] = folder
	}
	if guard != "" {
		folders[weights.Guard] = os.DirFS(guard)
	}
	under, err := trunk.Load(folders[weights.Trunk], trunk.Options{})
	if errors.Is(err, trunk.ErrAbsent) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m := &detectorModels{trunk: under}
	var loading errgroup.Group // side by side: they are what a start waits for
	load := func(part string, open func(fs.FS) error) {
		loading.Go(func() error {
			if err := open(folders[part]); err != nil {
				return fmt.Errorf("open %s: %w", part, err)
			}
			return nil
		})
	}
	load(weights.Guard, func(f fs.FS) (err error) { m.guard, err = guardmodel.Load(under, f); return err })
	load(weights.Name, func(f fs.FS) (err error) { m.name, err = name.Load(under, f); return err })
	load(weights.Grounding, func(f fs.FS) (err error) { m.grounding, err = grounding.Load(under, f); return err })
	load(weights.Topic, func(f fs.FS) (err error) {
		if m.topic, err = topic.Load(under, f); err != nil {
			return err
		}
		load(weights.Relevance, func(f fs.FS) (err error) { // reads with the tower of the topics
			m.relevance, err = grounding.LoadRelevance(under, m.topic.Tower(), f)
			return err
		})
		return nil
	})
	if err := loading.Wait(); err != nil {
		m.close()
		return nil, err
	}
	return m, nil
}

func (m *detectorModels) close() {
	if m != nil {
		m.trunk.Close()
	}
}

// factories give what makes the detectors of every family that this build has.
func (m *detectorModels) factories() evaluate.Factories {
	factories := evaluate.RuleFactories()
	if m != nil {
		maps.Copy(factories, evaluate.GuardModelFactories(m.guard))
		maps.Copy(factories, evaluate.TopicFactories(m.topic))
		maps.Copy(factories, evaluate.NameFactories(m.name))
		maps.Copy(factories, evaluate.GroundingFactories(m.grounding, m.relevance))
	}
	return factories
}
