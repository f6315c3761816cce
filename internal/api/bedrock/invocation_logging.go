package bedrock

import (
	"context"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model/invocation"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

// InvocationLogging gives the operations on the configuration of model invocation logging.
func InvocationLogging(settings *invocation.Service) []operation.Operation {
	l := logging{settings}
	return []operation.Operation{l.put(), l.get(), l.delete()}
}

type logging struct{ settings *invocation.Service }

func (l logging) put() operation.Operation {
	return operation.Operation{
		Schema: wire.PutModelInvocationLoggingConfiguration, Audit: operation.Management, Effect: operation.Write, BodyLimit: smallBody,
		Requires: requires(func(*operation.Call, *wire.PutModelInvocationLoggingConfigurationRequest) []operation.Requirement {
			return on("PutModelInvocationLoggingConfiguration", "*")
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, in *wire.PutModelInvocationLoggingConfigurationRequest) (*wire.PutModelInvocationLoggingConfigurationResponse, error) {
			c := in.LoggingConfig
			if c.S3Config != nil || c.CloudWatchConfig != nil && c.CloudWatchConfig.LargeDataDeliveryS3Config != nil {
				return nil, fault.New(fault.Invalid, "Delivery of invocation logs to S3 is not served. Use cloudWatchConfig without largeDataDeliveryS3Config.")
			}
			s := invocation.Settings{
				Text: c.TextDataDeliveryEnabled, Image: c.ImageDataDeliveryEnabled, Embedding: c.EmbeddingDataDeliveryEnabled,
				Video: c.VideoDataDeliveryEnabled, Audio: c.AudioDataDeliveryEnabled,
			}
			if c.CloudWatchConfig != nil {
				s.LogGroup, s.Role = text(c.CloudWatchConfig.LogGroupName), text(c.CloudWatchConfig.RoleArn)
			}
			return &wire.PutModelInvocationLoggingConfigurationResponse{}, l.settings.Put(ctx, invocation.Scope(scopeOf(call)), s)
		}),
	}
}

func (l logging) get() operation.Operation {
	return operation.Operation{
		Schema: wire.GetModelInvocationLoggingConfiguration, Audit: operation.Management, Effect: operation.Read, BodyLimit: smallBody,
		Requires: requires(func(*operation.Call, *wire.GetModelInvocationLoggingConfigurationRequest) []operation.Requirement {
			return on("GetModelInvocationLoggingConfiguration", "*")
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, _ *wire.GetModelInvocationLoggingConfigurationRequest) (*wire.GetModelInvocationLoggingConfigurationResponse, error) {
			s, ok, err := l.settings.Get(ctx, invocation.Scope(scopeOf(call)))
			if err != nil || !ok {
				return &wire.GetModelInvocationLoggingConfigurationResponse{}, err
			}
			return &wire.GetModelInvocationLoggingConfigurationResponse{LoggingConfig: &wire.LoggingConfig{
				CloudWatchConfig:        &wire.CloudWatchConfig{LogGroupName: &s.LogGroup, RoleArn: &s.Role},
				TextDataDeliveryEnabled: s.Text, ImageDataDeliveryEnabled: s.Image, EmbeddingDataDeliveryEnabled: s.Embedding,
				VideoDataDeliveryEnabled: s.Video, AudioDataDeliveryEnabled: s.Audio,
			}}, nil
		}),
	}
}

func (l logging) delete() operation.Operation {
	return operation.Operation{
		Schema: wire.DeleteModelInvocationLoggingConfiguration, Audit: operation.Management, Effect: operation.Write, BodyLimit: smallBody,
		Requires: requires(func(*operation.Call, *wire.DeleteModelInvocationLoggingConfigurationRequest) []operation.Requirement {
			return on("DeleteModelInvocationLoggingConfiguration", "*")
		}),
		Handle: operation.Typed(func(ctx context.Context, call *operation.Call, _ *wire.DeleteModelInvocationLoggingConfigurationRequest) (*wire.DeleteModelInvocationLoggingConfigurationResponse, error) {
			return &wire.DeleteModelInvocationLoggingConfigurationResponse{}, l.settings.Delete(ctx, invocation.Scope(scopeOf(call)))
		}),
	}
}
