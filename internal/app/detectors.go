package app

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"

	"merlon.dev/merlon/internal/detect/grounding"
	"merlon.dev/merlon/internal/detect/guardmodel"
	"merlon.dev/merlon/internal/detect/name"
	"merlon.dev/merlon/internal/detect/topic"
	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	weights "merlon.dev/merlon/models"
)

// detectorModels are the models behind the detectors: the trunk and the towers on it. A nil one stands for a build without weights,
// in which only rules detect.
type detectorModels struct {
	trunk *trunk.Trunk
	guard *guardmodel.Model
	topic *topic.Model // nil without weights of its own
	name  *name.Model  // nil without weights of its own

	grounding *grounding.Model // nil without weights of their own, both together
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
	if m.guard, err = guardmodel.Load(under, folders[weights.Guard]); err != nil {
		m.close()
		return nil, fmt.Errorf("open %s: %w", weights.Guard, err)
	}
	if m.topic, err = topic.Load(under, folders[weights.Topic]); err != nil && !errors.Is(err, trunk.ErrAbsent) {
		m.close()
		return nil, fmt.Errorf("open %s: %w", weights.Topic, err)
	}
	if m.name, err = name.Load(under, folders[weights.Name]); err != nil && !errors.Is(err, trunk.ErrAbsent) {
		m.close()
		return nil, fmt.Errorf("open %s: %w", weights.Name, err)
	}
	if err := m.openGrounding(folders); err != nil {
		m.close()
		return nil, err
	}
	return m, nil
}

// openGrounding loads the two models that score together, or neither.
func (m *detectorModels) openGrounding(folders map[string]fs.FS) (err error) {
	m.grounding, err = grounding.Load(m.trunk, folders[weights.Grounding])
	absent := errors.Is(err, trunk.ErrAbsent)
	if err != nil && !absent {
		return fmt.Errorf("open %s: %w", weights.Grounding, err)
	}
	m.relevance, err = grounding.LoadRelevance(m.trunk, folders[weights.Relevance])
	if absent && errors.Is(err, trunk.ErrAbsent) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", weights.Relevance, err)
	}
	if absent {
		return fmt.Errorf("open %s: %w, but %s is there", weights.Grounding, trunk.ErrAbsent, weights.Relevance)
	}
	return nil
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
	}
	if m != nil && m.topic != nil {
		maps.Copy(factories, evaluate.TopicFactories(m.topic))
	}
	if m != nil && m.name != nil {
		maps.Copy(factories, evaluate.NameFactories(m.name))
	}
	if m != nil && m.grounding != nil {
		maps.Copy(factories, evaluate.GroundingFactories(m.grounding, m.relevance))
	}
	return factories
}
