using System.Globalization;

namespace Broadside.Bench.Contenders;

/// <summary>A server that is a part of the harness's own executable.</summary>
/// <param name="name">Its name.</param>
/// <param name="settings">How it is set up.</param>
/// <param name="worker">Its arguments as a worker, which the port follows.</param>
internal sealed class HarnessServer(string name, string settings, params string[] worker) : Contender
{
    public override string Name => name;

    public override string Version { get; } = $".NET {Environment.Version}";

    public override string Settings => settings;

    public override bool Answers => true;

    protected override IEnumerable<string> Command(int port, string folder) =>
        [Environment.ProcessPath!, "worker", .. worker, port.ToString(CultureInfo.InvariantCulture)];
}
