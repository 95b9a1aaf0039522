namespace Broadside.Channels;

/// <summary>A figure that only one kind of channel has, which its engine publishes beside those that all have.</summary>
/// <param name="Name">The instrument's name, as <c>broadside.iouring.enters</c>. The same on each channel of a backend.</param>
/// <param name="Unit">Its unit in UCUM, as <c>By</c> or <c>{call}</c>.</param>
/// <param name="Description">What it counts.</param>
/// <param name="Read">The value now. Called from any thread.</param>
/// <param name="Grows">Whether it only ever grows (a counter), or goes up and down (a gauge).</param>
public sealed record ChannelInstrument(string Name, string Unit, string Description, Func<long> Read, bool Grows = true);
