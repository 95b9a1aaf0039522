namespace Broadside.NetStack;

/// <summary>Connections that have something to report, in order; a connection knows itself whether it is in.</summary>
internal sealed class ConnectionQueue
{
    private List<NetStackConnection> _entering = [];
    private List<NetStackConnection> _leaving = [];

    public bool IsEmpty => _entering.Count == 0;

    public void Add(NetStackConnection connection) => _entering.Add(connection);

    /// <summary>Gives those in the queue now their turn; what is added meanwhile waits for the next.</summary>
    public void Run()
    {
        (_entering, _leaving) = (_leaving, _entering);
        foreach (var connection in _leaving)
        {
            connection.OnReady();
        }

        _leaving.Clear();
    }
}
