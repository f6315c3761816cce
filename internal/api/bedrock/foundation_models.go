package bedrock

import (
	"context"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

// FoundationModels gives the operations on the models that can be called.
func FoundationModels(models *model.Catalogue) []operation.Operation {
	c := catalogue{models}
	return []operation.Operation{c.listFoundationModels(), c.getFoundationModel()}
}

type catalogue struct{ models *model.Catalogue }

func (c catalogue) listFoundationModels() operation.Operation {
	return operation.Operation{
		Schema: wire.ListFoundationModels, Audit: operation.Management, Effect: operation.Read, BodyLimit: smallBody,
		Requires: requires(func(*operation.Call, *wire.ListFoundationModelsRequest) []operation.Requirement {
			return on("ListFoundationModels", "*")
		}),
		Handle: operation.Typed(func(_ context.Context, call *operation.Call, in *wire.ListFoundationModelsRequest) (*wire.ListFoundationModelsResponse, error) {
			out := &wire.ListFoundationModelsResponse{ModelSummaries: []wire.FoundationModelSummary{}}
			for _, e := range c.models.All() {
				d := details(call, e)
				// No model here can be customized, so that asking for any kind of customization leaves none.
				if in.ByProvider != nil && !strings.EqualFold(*in.ByProvider, *d.ProviderName) || in.ByCustomizationType != nil ||
					in.ByOutputModality != nil && !slices.Contains(d.OutputModalities, *in.ByOutputModality) ||
					in.ByInferenceType != nil && !slices.Contains(d.InferenceTypesSupported, *in.ByInferenceType) {
					continue
				}
				out.ModelSummaries = append(out.ModelSummaries, wire.FoundationModelSummary(d))
			}
			return out, nil
		}),
	}
}

func (c catalogue) getFoundationModel() operation.Operation {
	return operation.Operation{
		Schema: wire.GetFoundationModel, Audit: operation.Management, Effect: operation.Read, BodyLimit: smallBody,
		Requires: requires(func(call *operation.Call, in *wire.GetFoundationModelRequest) []operation.Requirement {
			return on("GetFoundationModel", model.ARN(call.Partition, call.Region, model.ParseID(text(in.ModelIdentifier))))
		}),
		Handle: operation.Typed(func(_ context.Context, call *operation.Call, in *wire.GetFoundationModelRequest) (*wire.GetFoundationModelResponse, error) {
			e, err := c.models.Find(text(in.ModelIdentifier))
			if err != nil {
				return nil, fault.New(fault.NotFound, "Could not resolve the foundation model from the provided model identifier.")
			}
			return &wire.GetFoundationModelResponse{ModelDetails: new(details(call, e))}, nil
		}),
	}
}

// details tells what is known of a model: what it is called, and that it takes and gives text. What its server can do beyond is not known.
func details(call *operation.Call, e model.Entry) wire.FoundationModelDetails {
	provider, _, _ := strings.Cut(e.ID, ".")
	return wire.FoundationModelDetails{
		ModelArn: new(model.ARN(call.Partition, call.Region, e.ID)), ModelId: &e.ID, ModelName: &e.Name, ProviderName: &provider,
		InputModalities: []wire.ModelModality{wire.ModelModalityText}, OutputModalities: []wire.ModelModality{wire.ModelModalityText},
		ResponseStreamingSupported: new(true), CustomizationsSupported: []wire.ModelCustomization{},
		InferenceTypesSupported: []wire.InferenceType{wire.InferenceTypeOnDemand},
		ModelLifecycle:          &wire.FoundationModelLifecycle{Status: new(wire.FoundationModelLifecycleStatusActive)},
	}
}
