-- MySQL dump 10.13  Distrib 8.0.32, for Linux (x86_64)
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='TRADITIONAL';

DROP SCHEMA IF EXISTS rentals;
CREATE SCHEMA rentals;
USE rentals;

DROP TABLE IF EXISTS `actor`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `actor` (
  `actor_id` smallint unsigned NOT NULL AUTO_INCREMENT,
  `first_name` varchar(45) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci NOT NULL COMMENT 'given',
  `last_name` varchar(45) NOT NULL,
  `active` tinyint(1) NOT NULL DEFAULT '1',
  `last_update` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (`actor_id`),
  KEY `idx_actor_last_name` (`last_name`)
) ENGINE=InnoDB AUTO_INCREMENT=201 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT='who plays';

LOCK TABLES `actor` WRITE;
/*!40000 ALTER TABLE `actor` DISABLE KEYS */;
INSERT INTO `actor` VALUES (1,'PENELOPE','GUINESS',1,'2006-02-15 04:34:33'),(2,'NICK','O\'HARA',0,'2006-02-15 04:34:33');
/*!40000 ALTER TABLE `actor` ENABLE KEYS */;
UNLOCK TABLES;

CREATE TABLE `film` (
  `film_id` smallint(5) unsigned NOT NULL AUTO_INCREMENT,
  `title` varchar(128) NOT NULL,
  `description` text,
  `release_year` year(4) DEFAULT NULL,
  `language_id` tinyint unsigned NOT NULL,
  `rental_rate` decimal(4,2) NOT NULL DEFAULT '4.99',
  `length` smallint unsigned DEFAULT NULL,
  `rating` enum('G','PG','PG-13','R','NC-17') DEFAULT 'G',
  `special_features` set('Trailers','Commentaries','Deleted Scenes') DEFAULT NULL,
  `picture` longblob,
  `price_gross` decimal(8,4) GENERATED ALWAYS AS (`rental_rate` * 1.2) STORED,
  PRIMARY KEY (`film_id`),
  UNIQUE KEY `uk_title` (`title`),
  KEY `idx_fk_language_id` (`language_id`),
  KEY `idx_prefix` (`description`(20)),
  CONSTRAINT `fk_film_language` FOREIGN KEY (`language_id`) REFERENCES `language` (`language_id`) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT `chk_length` CHECK ((`length` > 0))
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
INSERT INTO `film` (`film_id`, `title`, `description`, `release_year`, `language_id`, `rental_rate`, `length`, `rating`, `special_features`, `picture`) VALUES
(1,'ACADEMY DINOSAUR','A Epic; Drama',2006,1,0.99,86,'PG','Deleted Scenes,Trailers',_binary '\0ab\\'),
(2,'ACE "GOLD"',NULL,2006,1,4.99,NULL,'G',NULL,0x89504E47);

CREATE TABLE language (
  language_id TINYINT UNSIGNED NOT NULL AUTO_INCREMENT,
  name CHAR(20) NOT NULL,
  PRIMARY KEY (language_id)
) ENGINE=InnoDB;
INSERT INTO language VALUES (1,'English'),(2,'Italian');

CREATE TABLE film_actor (
  actor_id SMALLINT UNSIGNED NOT NULL,
  film_id SMALLINT UNSIGNED NOT NULL,
  last_update DATETIME NOT NULL DEFAULT '2001-01-01 00:00:00',
  PRIMARY KEY  (actor_id,film_id),
  KEY idx_fk_film_id (`film_id`),
  CONSTRAINT fk_film_actor_actor FOREIGN KEY (actor_id) REFERENCES actor (actor_id) ON DELETE CASCADE,
  CONSTRAINT fk_film_actor_film FOREIGN KEY (film_id) REFERENCES film (film_id) ON DELETE CASCADE ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO film_actor (actor_id, film_id) VALUES (1,1),(1,2);

--
-- as phpMyAdmin writes it
--
CREATE TABLE `note` (
  `id` int(11) NOT NULL,
  `body` mediumtext NOT NULL,
  `film_id` smallint(5) UNSIGNED DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO `note` (`id`, `body`, `film_id`) VALUES (5, 'line one\nline two', 1);
ALTER TABLE `note`
  ADD PRIMARY KEY (`id`),
  ADD KEY `film_id` (`film_id`);
ALTER TABLE `note`
  MODIFY `id` int(11) NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=6;
ALTER TABLE `note`
  ADD CONSTRAINT `note_film` FOREIGN KEY (`film_id`) REFERENCES `film` (`film_id`) ON DELETE SET NULL;

/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`root`@`localhost` SQL SECURITY INVOKER */
/*!50001 VIEW `film_list` AS select `f`.`film_id` AS `id`,`f`.`title` AS `title`,concat(`a`.`first_name`,' ',`a`.`last_name`) AS `actor` from ((`film` `f` join `film_actor` `fa` on((`f`.`film_id` = `fa`.`film_id`))) join `actor` `a` on((`fa`.`actor_id` = `a`.`actor_id`))) */;

GRANT SELECT ON rentals.* TO 'reader'@'%';
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
-- Dump completed on 2023-02-01
CREATE TABLE `posts` (
  `ID` bigint(20) unsigned NOT NULL auto_increment,
  `post_author` bigint(20) unsigned NOT NULL default '0',
  `post_parent` bigint(20) unsigned DEFAULT NULL,
  `seen` timestamp(3) NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY  (`ID`),
  KEY `post_author` (`post_author`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO `posts` (post_author, seen) VALUES (7, '2024-01-02 03:04:05');
ALTER TABLE `posts` ADD CONSTRAINT posts_parent FOREIGN KEY (`post_parent`) REFERENCES `posts` (`ID`);

CREATE TABLE `shelf` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `code` varchar(20) BINARY NOT NULL DEFAULT '',
  `made` datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  PRIMARY KEY `id` (`id`),
  UNIQUE KEY `code` (`code`),
  KEY `made` (`made`)
) ENGINE=MyISAM;
INSERT INTO shelf (code, made) VALUES ('left', '2020-01-02 03:04:05');
CREATE TABLE box (
  shelf int unsigned NOT NULL,
  place bigint unsigned NOT NULL AUTO_INCREMENT UNIQUE,
  code varchar(20) NOT NULL,
  user varchar(20),
  PRIMARY KEY (shelf, code),
  KEY code (code),
  KEY made (user)
);
CREATE FULLTEXT INDEX words ON box(code);
INSERT INTO box (shelf, code, user) VALUES (1, 'a', 'me'), (1, 'b', NULL);
