USE [master]
GO
/****** Object:  Database [Shop] ******/
IF DB_ID('Shop') IS NOT NULL DROP DATABASE [Shop]
GO
CREATE DATABASE [Shop]
 CONTAINMENT = NONE
 ON  PRIMARY ( NAME = N'Shop', FILENAME = N'C:\Shop.mdf' , SIZE = 8192KB )
GO
ALTER DATABASE [Shop] SET RECOVERY SIMPLE
GO
USE [Shop]
GO
SET ANSI_NULLS ON
GO
SET QUOTED_IDENTIFIER ON
GO
IF EXISTS (SELECT * FROM sys.objects WHERE object_id = OBJECT_ID(N'[dbo].[Categories]') AND type in (N'U'))
DROP TABLE [dbo].[Categories]
GO
CREATE TYPE [dbo].[Flag] FROM [bit] NOT NULL
GO
CREATE TABLE [dbo].[Categories](
	[CategoryID] [int] IDENTITY(1,1) NOT NULL,
	[CategoryName] [nvarchar](15) NOT NULL,
	[Description] [ntext] NULL,
	[Picture] [image] NULL,
	[Active] [dbo].[Flag] NOT NULL CONSTRAINT [DF_Categories_Active] DEFAULT ((1)),
 CONSTRAINT [PK_Categories] PRIMARY KEY CLUSTERED 
(
	[CategoryID] ASC
)WITH (PAD_INDEX = OFF, STATISTICS_NORECOMPUTE = OFF, IGNORE_DUP_KEY = OFF) ON [PRIMARY]
) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
GO
CREATE TABLE [dbo].[Products](
	[ProductID] [int] IDENTITY(10,5) NOT NULL,
	[ProductName] [nvarchar](40) NOT NULL,
	[CategoryID] [int] NULL,
	[UnitPrice] [money] NULL,
	[Discontinued] [bit] NOT NULL,
	[rowguid] [uniqueidentifier] ROWGUIDCOL  NOT NULL,
	[ModifiedDate] [datetime] NOT NULL,
	[Notes] [nvarchar](max) NULL,
	[Weight] [decimal](8, 2) NULL,
	[Total]  AS (isnull([UnitPrice]*(2),(0.0))) PERSISTED,
 CONSTRAINT [PK_Products] PRIMARY KEY CLUSTERED ([ProductID] ASC)
) ON [PRIMARY]
GO
SET IDENTITY_INSERT [dbo].[Categories] ON
INSERT [dbo].[Categories] ([CategoryID], [CategoryName], [Description], [Picture], [Active]) VALUES (1, N'Beverages', N'Soft drinks; coffees', 0x151C2F, 1)
INSERT [dbo].[Categories] ([CategoryID], [CategoryName], [Description], [Picture], [Active]) VALUES (2, N'Condi''ments', NULL, NULL, 0)
SET IDENTITY_INSERT [dbo].[Categories] OFF
GO
SET IDENTITY_INSERT [dbo].[Products] ON 

INSERT [dbo].[Products] ([ProductID], [ProductName], [CategoryID], [UnitPrice], [Discontinued], [rowguid], [ModifiedDate], [Notes], [Weight]) VALUES (10, N'Chai', 1, 18.0000, 0, N'b21c62ed-5023-4788-b3fd-13a6b7a91f20', CAST(N'2008-03-11T10:01:36.827' AS DateTime), N'x', CAST(1.50 AS Decimal(8, 2)))
INSERT [dbo].[Products] ([ProductID], [ProductName], [CategoryID], [UnitPrice], [Discontinued], [rowguid], [ModifiedDate], [Notes], [Weight]) VALUES (15, N'Chang', NULL, NULL, 1, N'b21c62ed-5023-4788-b3fd-13a6b7a91f21', '7/4/1996', NULL, NULL)
SET IDENTITY_INSERT [dbo].[Products] OFF
GO
SET ANSI_PADDING ON
GO
CREATE NONCLUSTERED INDEX [IX_ProductName] ON [dbo].[Products]
(
	[ProductName] ASC
)WITH (PAD_INDEX = OFF, ONLINE = OFF) ON [PRIMARY]
GO
ALTER TABLE [dbo].[Products] ADD  CONSTRAINT [UQ_Products_rowguid] UNIQUE NONCLUSTERED ([rowguid] ASC) ON [PRIMARY]
GO
ALTER TABLE [dbo].[Products] ADD  CONSTRAINT [DF_Products_UnitPrice]  DEFAULT ((0)) FOR [UnitPrice]
GO
ALTER TABLE [dbo].[Products] ADD  CONSTRAINT [DF_Products_ModifiedDate]  DEFAULT (getdate()) FOR [ModifiedDate]
GO
ALTER TABLE [dbo].[Products]  WITH NOCHECK ADD  CONSTRAINT [FK_Products_Categories] FOREIGN KEY([CategoryID])
REFERENCES [dbo].[Categories] ([CategoryID])
GO
ALTER TABLE [dbo].[Products] CHECK CONSTRAINT [FK_Products_Categories]
GO
ALTER TABLE [dbo].[Products]  WITH CHECK ADD  CONSTRAINT [CK_UnitPrice] CHECK  (([UnitPrice]>=(0)))
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'What we sell' , @level0type=N'SCHEMA',@level0name=N'dbo', @level1type=N'TABLE',@level1name=N'Products'
GO
CREATE VIEW [dbo].[ProductList]
WITH SCHEMABINDING
AS
SELECT p.[ProductID], p.[ProductName], c.[CategoryName]
FROM [dbo].[Products] p LEFT OUTER JOIN [dbo].[Categories] c ON p.[CategoryID] = c.[CategoryID]
WHERE p.[Discontinued] = 0
GO
PRINT 'done'
GO
CREATE TABLE [dbo].[People](
	[PersonID] [int] IDENTITY(1,1) NOT NULL,
	[Born] [datetime] NULL,
	[Seen] [datetime2](7) NOT NULL,
	[Mark] [timestamp] NOT NULL,
 CONSTRAINT [PK_People] PRIMARY KEY CLUSTERED ([PersonID] ASC),
 CONSTRAINT [CK_People_Born] CHECK ([Born] < getdate())
) ON [PRIMARY]
GO
INSERT [dbo].[People] ([Born], [Seen]) VALUES (CAST(N'1950-01-02T00:00:00.000' AS DateTime), '20240102')
GO
IF EXISTS (SELECT * FROM dbo.sysobjects WHERE id = OBJECT_ID(N'[dbo].[FK_Sacks]') AND OBJECTPROPERTY(id, N'ISFOREIGNKEY') = 1)
ALTER TABLE [dbo].[Sacks] DROP CONSTRAINT FK_Sacks
GO
CREATE TABLE [dbo].[Bags](
	[BagID] [numeric](19, 0) IDENTITY(1,1) NOT NULL,
	[Tag] [nvarchar](20) NOT NULL
 CONSTRAINT [PK_Bags] PRIMARY KEY CLUSTERED ([BagID] ASC)
)
CREATE TABLE [dbo].[Sacks](
	[SackID] [numeric](19, 0) NOT NULL PRIMARY KEY,
	[BagID] [numeric](19, 0) NULL,
	[Tag] [nvarchar](20) NULL
)
GO
ALTER TABLE [dbo].[Sacks] ADD CONSTRAINT FK_Sacks FOREIGN KEY ([BagID]) REFERENCES [dbo].[Bags] ([BagID])
CREATE INDEX Tag ON Bags (Tag)
CREATE INDEX Tag ON Sacks (Tag)
CREATE SEQUENCE dbo.Numbers START WITH 0 MINVALUE 0 MAXVALUE 9223372036854775807 NO CACHE NO CYCLE
GO
INSERT [dbo].[Bags] ([Tag]) VALUES (N'red'), (N'blue')
INSERT [dbo].[Sacks] ([SackID], [BagID]) VALUES (9, 2)
GO
