using Microsoft.Extensions.Logging;

namespace Broadside.Channels;

/// <summary>What a channel is made with.</summary>
/// <param name="Index">The channel's number within its engine, from 0.</param>
/// <param name="Arena">Where receive buffers come from.</param>
/// <param name="Logger">Where faults are reported.</param>
/// <param name="TimeProvider">The clock; a backend with a clock of its own (the simulated one) ignores it.</param>
/// <param name="Processor">The processor to pin the channel's thread to, or null.</param>
public sealed record ChannelSettings(int Index, Arena Arena, ILogger Logger, TimeProvider TimeProvider, int? Processor = null);
