package app

import (
	"errors"
	"maps"

	"merlon.dev/merlon/internal/detect/guardmodel"
	"merlon.dev/merlon/internal/guardrail/evaluate"
	weights "merlon.dev/merlon/models"
)

// openGuardModel loads the guard model that is part of the binary; nil without an error means that the build has none.
func openGuardModel() (*guardmodel.Model, error) {
	folder, err := weights.Guard()
	if err != nil {
		return nil, err
	}
	m, err := guardmodel.Load(folder, guardmodel.Options{})
	if errors.Is(err, guardmodel.ErrAbsent) {
		return nil, nil
	}
	return m, err
}

// detectors gives what makes the detectors of every family that this build has; guard may be nil.
func detectors(guard *guardmodel.Model) evaluate.Factories {
	factories := evaluate.RuleFactories()
	if guard != nil {
		maps.Copy(factories, evaluate.GuardModelFactories(guard))
	}
	return factories
}
