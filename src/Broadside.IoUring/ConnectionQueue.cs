namespace Broadside.IoUring;

/// <summary>Connections that have something to do, in order; a connection knows itself whether it is in.</summary>
internal sealed class ConnectionQueue
{
    private List<IoUringConnection> _entering = [];
    private List<IoUringConnection> _leaving = [];

    public bool IsEmpty => _entering.Count == 0;

    public void Add(IoUringConnection connection) => _entering.Add(connection);

    /// <summary>Those in the queue now; what is added meanwhile waits for the next turn. Finish with <see cref="EndTurn"/>.</summary>
    public List<IoUringConnection> BeginTurn()
    {
        (_entering, _leaving) = (_leaving, _entering);
        return _leaving;
    }

    public void EndTurn() => _leaving.Clear();
}
