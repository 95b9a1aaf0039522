using System.Globalization;

namespace Broadside.Bench.Contenders;

/// <summary>What the kernel allows: a loop that does nothing but send the same 64 KiB to one receiver after the other.</summary>
internal sealed class Limit : Contender
{
    public override string Name => "limit";

    public override string Version => $".NET {Environment.Version}";

    public override string Settings => "bare loop of send(2), 64 KiB a call";

    public override string Protocol => "run";

    protected override IEnumerable<string> Command(int port, string folder) =>
        [Environment.ProcessPath!, "worker", "limit", port.ToString(CultureInfo.InvariantCulture)];
}
