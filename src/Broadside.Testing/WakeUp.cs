namespace Broadside.Testing;

/// <summary>Tells a driver that waits that another thread has left something to do. A call before the wait counts.</summary>
internal sealed class WakeUp
{
    // Monitor's own wait is needed, which System.Threading.Lock has not.
    private readonly object _gate = new();
    private bool _isSet;

    public void Set()
    {
        lock (_gate)
        {
            _isSet = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for at most <paramref name="patience"/> of real time; false if nobody called.</summary>
    public bool Wait(TimeSpan patience)
    {
        lock (_gate)
        {
            var isSet = _isSet || Monitor.Wait(_gate, patience);
            _isSet = false;
            return isSet;
        }
    }
}
