using System.Globalization;

namespace Broadside.Bench.Contenders;

/// <summary>What one writes without a library: for each message, a <c>Socket.SendAsync</c> for each receiver.</summary>
internal sealed class Naive : Contender
{
    public override string Name => "naive";

    public override string Version => $".NET {Environment.Version}";

    public override string Settings => "Socket.SendAsync for each receiver and message";

    public override string Protocol => "raw";

    protected override IEnumerable<string> Command(int port, string folder) =>
        [Environment.ProcessPath!, "worker", "naive", port.ToString(CultureInfo.InvariantCulture)];
}
