namespace Broadside.Bench.Load;

/// <summary>The protocols by name, as a worker's command line has them.</summary>
internal static class Protocols
{
    public static IWireProtocol Find(string name) => name switch
    {
        "resp" => new RespProtocol(),
        "nats" => new NatsProtocol(),
        "raw" => new RawProtocol(),
        "silent" => new SilentProtocol(),
        "run" => new RunProtocol(),
        _ => throw new ArgumentException($"There is no protocol '{name}'."),
    };
}
