namespace Holdfast.Leash.Revoking;

/// <summary>Removes a file.</summary>
internal sealed class FileRevocation(string path) : Revocation
{
    public override bool Step(RevocationPass pass)
    {
        try
        {
            File.Delete(path); // Of a link the link.
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
