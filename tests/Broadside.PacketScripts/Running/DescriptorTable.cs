namespace Broadside.PacketScripts.Running;

/// <summary>The script's file descriptors: numbered as the script expects, whatever the stack's handles are.</summary>
internal sealed class DescriptorTable
{
    private readonly Dictionary<int, ScriptSocket> _sockets = [];
    private ScriptSocket? _opened;

    /// <summary>Whether a call made a socket that has no number yet.</summary>
    public bool HasOpened => _opened is not null;

    public IEnumerable<ScriptSocket> All => _sockets.Values;

    public ScriptSocket? Find(int descriptor) => _sockets.GetValueOrDefault(descriptor);

    public void Opened(ScriptSocket socket) => _opened = socket;

    public ScriptSocket? TakeOpened()
    {
        var opened = _opened;
        _opened = null;
        return opened;
    }

    public void Add(int descriptor, ScriptSocket socket) => _sockets[descriptor] = socket;

    public void Remove(int descriptor) => _sockets.Remove(descriptor);
}
