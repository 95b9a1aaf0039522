using System.Globalization;
using System.Reflection;

namespace Broadside.Bench.Contenders;

/// <summary>The tool's <c>serve</c>, on a backend.</summary>
/// <param name="name">Its name.</param>
/// <param name="backend">The backend.</param>
/// <param name="more">Further options.</param>
internal sealed class Ours(string name, string backend, params string[] more) : Contender
{
    private static readonly string[] Options = ["--channels", "1", "--max-lag", "256MiB", "--max-record", "8MiB"];

    public static string LibraryVersion { get; } =
        typeof(RecordEngine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public override string Name => name;

    public override string Version => LibraryVersion;

    public override string Settings => $"serve --backend {backend} " + string.Join(' ', [.. Options, .. more]);

    public override string Protocol => "resp";

    protected override IEnumerable<string> Command(int port, string folder) =>
        [Path.Combine(AppContext.BaseDirectory, "Broadside.Cli"), "serve", "--port", port.ToString(CultureInfo.InvariantCulture), "--backend", backend, .. Options, .. more];
}
