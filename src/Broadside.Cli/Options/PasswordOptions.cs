using System.CommandLine;

namespace Broadside.Cli.Options;

/// <summary>Where a password comes from: an option, a file or the environment. The latter two keep it out of the list of processes.</summary>
internal sealed class PasswordOptions
{
    public const string Variable = "BROADSIDE_PASSWORD";

    private readonly Option<string?> _password = new("--password") { Description = "The password. Other users of the machine can see it in the list of processes: prefer the file.", HelpName = "TEXT" };
    private readonly Option<FileInfo?> _file = new("--password-file") { Description = $"A file whose first line is the password. With neither: what the environment variable {Variable} says.", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        command.Options.Add(_password);
        command.Options.Add(_file);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_password) is not null && result.GetResult(_file) is not null)
            {
                result.AddError("Give --password or --password-file, not both.");
            }
        });
    }

    /// <summary>The password; null for none.</summary>
    /// <exception cref="CliException">The file cannot be read, or it is empty.</exception>
    public string? Read(ParseResult parsed)
    {
        if (parsed.GetValue(_file) is { } file)
        {
            return ReadFile(file);
        }

        return parsed.GetValue(_password) switch
        {
            null => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } password ? password : null,
            "" => throw new CliException(ExitCodes.Usage, "The password is empty: leave --password out to have none."),
            var password => password,
        };
    }

    private static string ReadFile(FileInfo file)
    {
        try
        {
            return File.ReadLines(file.FullName).FirstOrDefault() is { Length: > 0 } password
                ? password
                : throw new CliException(ExitCodes.Usage, $"The first line of {file} is empty: there is no password in it.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failure, $"The password cannot be read: {exception.Message}");
        }
    }
}
