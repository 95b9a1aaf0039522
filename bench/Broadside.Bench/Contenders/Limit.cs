using System.Globalization;

namespace Broadside.Bench.Contenders;

/// <summary>What the kernel allows: a loop that does nothing but send the same bytes to one receiver after the other.</summary>
internal sealed class Limit : Contender
{
    public override string Name => "limit";

    public override string Version => $".NET {Environment.Version}";

    public override string Settings => "bare loop of send(2), 64 KiB or one message a call";

    public override string Protocol => "run";

    public override bool NeedsWarmUp => false;

    protected override IEnumerable<string> Command(int port, string folder) =>
        [Environment.ProcessPath!, "worker", "limit", port.ToString(CultureInfo.InvariantCulture)];
}
