using System.Globalization;
using Broadside.Bench.Machine;

namespace Broadside.Bench.Contenders;

/// <summary>A server of the harness's, written against the library, on one of its backends.</summary>
/// <param name="worker">Which: <c>channel-echo</c>, <c>channel-http</c> or <c>record-echo</c>.</param>
/// <param name="name">Its name.</param>
/// <param name="backend">The backend.</param>
/// <param name="channels">How many channels; with several it has both processors.</param>
internal sealed class ChannelContender(string worker, string name, string backend, int channels = 1) : Contender
{
    public override string Name => name;

    public override string Version => Ours.LibraryVersion;

    public override string Settings => $"{worker}, backend {backend}, {channels} channel{(channels > 1 ? "s" : "")}";

    public override bool Answers => true;

    protected override string ProcessorList => channels > 1 ? $"{Processors.Server},{Processors.Load}" : base.ProcessorList;

    protected override IEnumerable<string> Command(int port, string folder) =>
        [Environment.ProcessPath!, "worker", worker, backend, channels.ToString(CultureInfo.InvariantCulture), port.ToString(CultureInfo.InvariantCulture)];
}
