using System.Globalization;
using Broadside.Bench.Machine;

namespace Broadside.Bench.Contenders;

/// <summary>A server of the harness's, written against the library, on one of its backends.</summary>
/// <param name="worker">Which: <c>channel-echo</c>, <c>channel-http</c> or <c>record-echo</c>.</param>
/// <param name="name">Its name.</param>
/// <param name="backend">The backend.</param>
/// <param name="channels">How many channels.</param>
/// <param name="processors">How many processors they share: the server's, or the load's as well.</param>
internal sealed class ChannelContender(string worker, string name, string backend, int channels = 1, int processors = 1) : Contender
{
    /// <summary>Whether a connection is a descriptor of the process; else they are limited for each channel, not for the process.</summary>
    public bool NeedsDescriptors => backend != "iouring";

    public override string Name => name;

    public override string Version => Ours.LibraryVersion;

    public override string Settings => $"{worker}, backend {backend}, {channels} channel{(channels > 1 ? "s" : "")}";

    public override bool Answers => true;

    protected override string ProcessorList => processors > 1 ? $"{Processors.Server},{Processors.Load}" : base.ProcessorList;

    public ChannelContender OnChannels(int count, int onProcessors) => new(worker, name, backend, count, onProcessors);

    protected override IEnumerable<string> Command(int port, string folder) =>
        [Environment.ProcessPath!, "worker", worker, backend, channels.ToString(CultureInfo.InvariantCulture), port.ToString(CultureInfo.InvariantCulture)];
}
