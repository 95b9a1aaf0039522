namespace Broadside.Bench.Machine;

/// <summary>Makes CUBIC available to network namespaces: the kernel gives them only what the machine allows to everybody.</summary>
/// <remarks>Allowing it changes nothing for who does not ask for it. Disposing it restores what was allowed.</remarks>
internal sealed class CongestionControl : IDisposable
{
    private const string AllowedFile = "/proc/sys/net/ipv4/tcp_allowed_congestion_control";
    private const string Name = "cubic";

    private string? _before;

    /// <summary>Allows it; where that is not permitted, setting it in the namespace fails, and is said.</summary>
    public void Allow()
    {
        try
        {
            var allowed = File.ReadAllText(AllowedFile).Trim();
            if (!allowed.Split(' ').Contains(Name))
            {
                File.WriteAllText(AllowedFile, $"{allowed} {Name}");
                _before = allowed;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not ours to change.
        }
    }

    public void Dispose()
    {
        if (_before is not null)
        {
            File.WriteAllText(AllowedFile, _before);
        }
    }
}
